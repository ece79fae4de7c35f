import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sourcesOf } from './sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'gts-sources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const digest = (settings = 'gateway') => sourcesOf(folder, settings);

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  write('.dockerignore', '*\n!package.json\n!libs\n!deploy/root.sh\n**/node_modules\n**/dist\n**/*.nk\n');
  write('deploy/Dockerfile', 'FROM scratch');
  write('deploy/root.sh', 'true');
  write('package.json', '{}');
  write('libs/a/src/index.ts', 'export {}');
});

test.each([
  'libs/a/src/index.ts',
  'libs/a/src/more.ts',
  'package.json',
  'deploy/root.sh',
  'deploy/Dockerfile',
  '.dockerignore',
])('a change of %s asks for another image', (name) => {
  const before = digest();
  write(name, '!libs');
  expect(digest()).not.toBe(before);
});

test.each(['README.md', 'libs/a/node_modules/b/index.js', 'libs/a/dist/index.js', 'libs/a/seed.nk', 'deploy/other.sh'])(
  'what the build never sees, %s, does not',
  (name) => {
    const before = digest();
    write(name, 'x');
    expect(digest()).toBe(before);
  },
);

test('a file of another name or mode, and other settings, ask for another image', () => {
  const before = digest();
  chmodSync(join(folder, 'deploy/root.sh'), 0o755);
  const executable = digest();
  renameSync(join(folder, 'libs/a'), join(folder, 'libs/b'));
  expect(new Set([before, executable, digest(), digest('identity')]).size).toBe(4);
});

test('a pattern that nobody reads is refused, lest a change be overlooked', () => {
  write('.dockerignore', '*\n!libs\n!libs/*/src\n');
  expect(() => digest()).toThrow('!libs/*/src');
});
