import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Store } from '../ports';
import { A, message, things } from './kit';

// Children do not pass through Jest's transformer, so the built file runs.
const built = join(__dirname, '..', '..', 'dist', 'suite', 'unit-writer.js');

const childOf = (call: string): ChildProcess =>
  spawn(process.execPath, ['--no-warnings', '-e', `require(${JSON.stringify(built)}).${call}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });

/** A process that writes units without end to the store at this address, and tells of each that resolved. */
export const unitWriter = (url: string): ChildProcess =>
  childOf(`writeUnits(${JSON.stringify(url)}, (n) => process.stdout.write(n + '\\n'))`);

/** Processes that count one document up together, each with that many writers; answers how they ended. */
export async function countedUp(url: string, processes: number, each: { writers: number; rounds: number }) {
  const call = `countUp(${JSON.stringify(url)}, ${JSON.stringify(each)})`;
  const children = Array.from({ length: processes }, () => childOf(call));
  const ends = children.map((child) => once(child, 'exit'));
  await Promise.all(children.map(({ stdout }) => once(stdout ?? ([] as never), 'data')));
  for (const { stdin } of children) stdin?.end('go');
  return Promise.all(ends);
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
