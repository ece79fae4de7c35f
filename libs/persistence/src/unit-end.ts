import { isDomainError } from '@gts/kernel';
import { commandRow } from './command-row';
import type { UnitCore } from './unit-core';

/** Writes what a unit has gathered: its messages, and the reply of its command. */
export async function flush(core: UnitCore, value: unknown): Promise<void> {
  const { session } = core;
  if (core.rows.length > 0) await session.outbox.add(core.rows, await session.nowMs());
  await commandRow(core, value);
}

/** What listeners throw must not turn a committed unit into a failed one. */
export function quietly(action: () => void): void {
  try {
    action();
  } catch (error) {
    process.emitWarning(isDomainError(error) ? error.message : String(error), 'AfterCommitWarning');
  }
}
