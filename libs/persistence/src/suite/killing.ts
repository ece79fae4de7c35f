import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Store } from '../ports';
import { A, message, things } from './kit';

// Children do not pass through Jest's transformer, so the built file runs.
const built = join(__dirname, '..', '..', 'dist', 'suite', 'unit-writer.js');

/** A process that writes units without end to the store at this address, and tells of each that resolved. */
export function unitWriter(url: string): ChildProcess {
  const script = `require(${JSON.stringify(built)}).writeUnits(${JSON.stringify(url)}, (n) => process.stdout.write(n + '\\n'))`;
  return spawn(process.execPath, ['--no-warnings', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Kills the child hard once it has told of `count` units; answers all that it told of. */
export async function killedAfter(process: ChildProcess, count: number): Promise<number[]> {
  const told: number[] = [];
  for await (const line of createInterface({ input: process.stdout ?? ([] as never) })) {
    told.push(Number(line));
    if (told.length === count) process.kill('SIGKILL');
  }
  return told;
}

/** Every unit that was told of is there, and of no unit only a part. */
export async function expectWholeUnits(store: Store, told: readonly number[]): Promise<void> {
  const ids = new Set<string>();
  let after: string | undefined;
  do {
    const page = await store.scan(things, { limit: 1000, after });
    for (const { meta } of page.items) ids.add(meta.id);
    after = page.next ?? undefined;
  } while (after !== undefined);
  for (const n of told) expect(await store.collection(things, A).find(`second${n}`)).toMatchObject({ n });
  for (let n = 0; n < told.length + 200; n += 1) {
    const row = (await store.outbox.get(message(n).id)) !== undefined;
    expect([n, ids.has(`first${n}`), ids.has(`second${n}`)]).toEqual([n, row, row]);
  }
}
