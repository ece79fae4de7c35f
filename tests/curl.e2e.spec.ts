import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './support/cli';
import { decoded } from './support/second-meter';
import { startStack, type Stack } from './support/stack';
import { recorderTake } from './support/takes';

const HOW_TO = join(__dirname, '..', 'docs', 'main-job.md');
const ADDRESS = 'http://localhost:8080';
const folder = mkdtempSync(join(tmpdir(), 'gts-curl-'));
const script = /```bash\n(.*?)```/s.exec(readFileSync(HOW_TO, 'utf8'))?.[1] ?? '';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => {
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the script of the how-to ends with a tone that plays', async () => {
  const { address } = stack.facts();
  expect(script.split(ADDRESS)).toHaveLength(2);
  writeFileSync(join(folder, 'main-job.sh'), script.replace(ADDRESS, address));
  writeFileSync(join(folder, 'riff.wav'), recorderTake());
  const { code, stdout, stderr } = await run('bash', ['main-job.sh'], { cwd: folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('HTTP/1.1 202');
  expect(stdout).toContain('"status":"COMPLETED"');
  const tone = decoded(join(folder, 'tone1.flac'));
  expect(tone.length).toBeGreaterThan(48_000);
  expect(tone.some((v) => Math.abs(v) > 0.05)).toBe(true);
}, 180_000);
