import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allDefinitions, type Definition, readerOf } from './index';

const folder = join(__dirname, '..', 'frozen');
type Frozen = Readonly<{ samples: readonly unknown[] }>;

const versions = (def: Definition) => Array.from({ length: def.version }, (_, i) => i + 1);
const all = allDefinitions.flatMap((def) =>
  versions(def).map((version) => [`${def.context}/${def.name}.v${version}.json`, def, version] as const),
);

const upcast = (def: Definition, version: number, data: unknown): unknown =>
  version === def.version ? data : upcast(def, version + 1, def.upcast?.[version]?.(data as never));

test.each(all)('%s is frozen, and its samples are still readable', (file, def, version) => {
  const { samples } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Frozen;
  expect(samples.length).toBeGreaterThan(0);
  for (const sample of samples) expect(() => readerOf(def.data).parse(upcast(def, version, sample))).not.toThrow();
});

test('no frozen sample was changed or lost', () => {
  const lines = readFileSync(join(folder, 'MANIFEST.sha256'), 'utf8').trim().split('\n');
  const changed = lines.filter((line) => {
    const [sha256, file] = line.split('  ');
    const path = join(folder, file ?? '');
    return !existsSync(path) || createHash('sha256').update(readFileSync(path)).digest('hex') !== sha256;
  });
  expect(changed).toEqual([]);
  expect(lines.length).toBeGreaterThanOrEqual(all.length);
});
