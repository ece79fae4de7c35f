// npm leaves out of the lock the platform packages that the registry in use does not serve, and `npm ci` then refuses
// the lock. This adds them, so that the lock is complete for every platform. `--check` only says whether one is missing.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';

const file = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const SYSTEMS = 'darwin linux win32 freebsd android openharmony openbsd netbsd sunos aix wasi'.split(' ');
const CHIPS = 'arm64 x64 ia32 arm ppc64 s390x riscv64 loong64 mips64el wasm32'.split(' ');

const known = new Set(Object.keys(lock.packages).flatMap((path) => path.split('node_modules/').slice(-1)));
const named = (words, list) => {
  const found = list.filter((word) => words.includes(word));
  return found.length > 0 ? found : undefined;
};

/** The entry npm would have written, its platform read from the name; nothing for a name without a platform. */
function entryOf(name, range, dev) {
  const words = name.split(/[-/]/);
  const [os, cpu] = [named(words, SYSTEMS), named(words, CHIPS)];
  if (!os && !cpu) return undefined;
  const version = range.replace(/^[^\d]*/, '');
  return { version, cpu: cpu ?? ['none'], ...(dev && { dev: true }), optional: true, os: os ?? ['none'] };
}

const missing = Object.values(lock.packages)
  .flatMap((each) =>
    Object.entries(each.optionalDependencies ?? {}).map(([name, range]) => ({ name, range, dev: each.dev })),
  )
  .filter(({ name }) => !known.has(name))
  .map(({ name, range, dev }) => [`node_modules/${name}`, entryOf(name, range, dev)])
  .filter(([, entry]) => entry);

if (process.argv.includes('--check')) {
  for (const [path] of missing)
    process.stderr.write(`missing in package-lock.json: ${path}; run node tools/complete-lock.mjs\n`);
  process.exitCode = missing.length === 0 ? 0 : 1;
} else {
  const packages = { ...lock.packages, ...Object.fromEntries(missing) };
  lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`${missing.length} platform packages added\n`);
}
