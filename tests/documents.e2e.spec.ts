import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, unknown>;

/** The parser is ESM-only in parts, so it judges in a process of its own. */
function asyncapiErrors(): string[] {
  const script = `
    const { Parser } = require('@asyncapi/parser');
    const text = require('node:fs').readFileSync('docs/asyncapi.json', 'utf8');
    new Parser().parse(text).then(({ diagnostics }) =>
      process.stdout.write(JSON.stringify(diagnostics.filter((each) => each.severity === 0).map((each) => each.path.join('/') + ' ' + each.message))));`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}

test('asyncapi.json is AsyncAPI 3.0 without an error', () => {
  expect(read('docs/asyncapi.json')['asyncapi']).toBe('3.0.0');
  expect(asyncapiErrors()).toEqual([]);
});

test('openapi.json is 3.1, every operation has a name of its own, an example answer and its problems', () => {
  const { openapi, paths } = read('docs/openapi.json') as {
    openapi: string;
    paths: Record<string, Record<string, { operationId?: string; responses?: Record<string, unknown> }>>;
  };
  expect(openapi).toMatch(/^3\.1\./);
  const operations = Object.values(paths)
    .flatMap((path) => Object.values(path))
    .filter((each) => each.operationId);
  const ids = operations.map((each) => each.operationId);
  expect(ids.length).toBeGreaterThan(50);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { responses = {} } of operations)
    expect(Object.keys(responses).some((status) => status.startsWith('4'))).toBe(true);
});

test('the generated documents are what the code says', () => {
  const { status, stderr } = spawnSync(process.execPath, ['tools/gen.mjs', '--check'], { cwd: root, encoding: 'utf8' });
  expect([stderr, status]).toEqual(['', 0]);
});

test.each(['README.md', 'CONTRIBUTING.md', 'docs/architecture.md'])(
  'every local link of %s leads somewhere',
  (file) => {
    const links = [...readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(
      (match) => match[1] ?? '',
    );
    const folder = join(root, file, '..');
    expect(links.filter((link) => !existsSync(join(folder, link)))).toEqual([]);
  },
);
