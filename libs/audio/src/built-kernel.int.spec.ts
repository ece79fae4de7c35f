import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtKernel, sha256 } from './index';

let dir: string;
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'gts-kernel-'))));
afterAll(() => rm(dir, { recursive: true }));

test('a kernel that is missing, or older than the code around it, says what to run', async () => {
  const path = join(dir, 'kernel.wasm');
  const [old, current] = [Buffer.from('old'), Buffer.from('current')];
  expect(() => builtKernel(path, sha256(current))).toThrow(/kernel\.wasm is missing: run node tools\/wasm\.mjs/);
  await writeFile(path, old);
  expect(() => builtKernel(path, sha256(current))).toThrow(/from other sources .*: run node tools\/wasm\.mjs/);
  await writeFile(path, current);
  expect(builtKernel(path, sha256(current))).toEqual(current);
});
