// Generated documents: written by `npm run gen`, compared by `npm run gen -- --check`.
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './bootstrap.mjs';
import { asyncapi } from './gen/asyncapi.mjs';
import { brokerFiles } from './gen/broker.mjs';
import { errorTable } from './gen/errors.mjs';
import { frozen } from './gen/freeze.mjs';
import { openapi } from './gen/openapi.mjs';
import { sagaDiagrams } from './gen/sagas.mjs';

const documents = {
  'docs/asyncapi.json': asyncapi(),
  'docs/openapi.json': openapi(),
  'docs/errors.md': errorTable(),
  ...brokerFiles(),
  ...sagaDiagrams(),
};
const differs = (file, text) => !existsSync(join(root, file)) || readFileSync(join(root, file), 'utf8') !== text;
const forgotten = globSync('docs/sagas/*.mmd', { cwd: root }).filter((file) => !(file in documents));

if (process.argv.includes('--check')) {
  const stale = Object.entries(documents)
    .filter(([file, text]) => differs(file, text))
    .map(([file]) => file);
  for (const file of [...stale, ...forgotten])
    process.stderr.write(`${file} is not what the code says: run npm run gen\n`);
  const thawed = frozen();
  for (const problem of thawed) process.stderr.write(`${problem}\n`);
  const problems = stale.length + forgotten.length + thawed.length;
  // Said aloud also when all is well: a run that says nothing did not end by itself.
  process.stdout.write(`${Object.keys(documents).length} documents compared, ${problems} problems\n`);
  process.exitCode = problems === 0 ? 0 : 1;
} else {
  for (const [file, text] of Object.entries(documents)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  for (const file of forgotten) rmSync(join(root, file));
  process.stdout.write(`${Object.keys(documents).length} documents written\n`);
}
