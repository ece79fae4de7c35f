import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holding } from './lock.ts';
import { isSame, processRef } from './process-ref.ts';

describe('the lock of a folder', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'gts-lock-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  test('lets one after another work', async () => {
    const seen: string[] = [];
    const work = (name: string) =>
      holding(folder, async () => {
        seen.push(`${name} begins`);
        await new Promise((resolve) => void setImmediate(resolve));
        seen.push(`${name} ends`);
      });
    await Promise.all([work('a'), work('b')]);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  test('is free when its holder is dead', async () => {
    writeFileSync(join(folder, 'making.lock'), JSON.stringify({ pid: process.pid, began: 'before' }));
    await expect(holding(folder, async () => 'done')).resolves.toBe('done');
  });

  test('is free again after work that failed', async () => {
    await expect(holding(folder, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(holding(folder, async () => 'done')).resolves.toBe('done');
  });
});

test('a process is told apart from another one with its number', () => {
  expect(isSame(processRef(process.pid))).toBe(true);
  expect(isSame({ pid: process.pid, began: '1' })).toBe(false);
  expect(isSame(processRef(0))).toBe(false);
});

test('one that is dead and only waits for its parent counts as dead', async () => {
  // The shell becomes a program that never asks how its child ended, before it ends.
  const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const child = Number(String(line));
  while (processRef(child).began !== '') await new Promise((resolve) => void setImmediate(resolve));
  expect(() => process.kill(child, 0)).not.toThrow();
  parent.kill();
  await once(parent, 'exit');
});
