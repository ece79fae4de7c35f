// Frozen samples: one file for every version of every message that ever left this repository. Run as a command it
// writes the missing ones; `frozen()` answers what is missing or was changed afterwards.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { stableJson } from '../lib/stable.mjs';

const require = createRequire(import.meta.url);
const folder = join(root, 'libs/contracts/frozen');
const list = join(folder, 'MANIFEST.sha256');
const digest = (text) => createHash('sha256').update(text).digest('hex');
const fileOf = (def, version) => `${def.context}/${def.name}.v${version}.json`;

function sampleOf(def) {
  const { z } = require('zod');
  const options = { io: 'input', unrepresentable: 'any' };
  const reply = def.reply && z.toJSONSchema(def.reply, options);
  return stableJson({ schema: z.toJSONSchema(def.data, options), ...(reply && { reply }), samples: [def.example] });
}

const manifest = () =>
  existsSync(list)
    ? new Map(
        readFileSync(list, 'utf8')
          .trim()
          .split('\n')
          .map((line) => line.split('  ').reverse()),
      )
    : new Map();

const definitions = () => require('@gts/contracts').allDefinitions;
const versions = (def) => Array.from({ length: def.version }, (_, i) => i + 1);

/** What is wrong with the frozen samples; nothing when all is well. */
export function frozen() {
  const known = manifest();
  const missing = definitions()
    .flatMap((def) => versions(def).map((version) => fileOf(def, version)))
    .filter((file) => !known.has(file))
    .map((file) => `no frozen sample ${file}: run npm run contracts:freeze`);
  const changed = [...known]
    .filter(
      ([file, sha]) => !existsSync(join(folder, file)) || digest(readFileSync(join(folder, file), 'utf8')) !== sha,
    )
    .map(([file]) => `frozen sample ${file} was changed: a message changes by a new version`);
  return [...missing, ...changed];
}

function freeze() {
  const known = manifest();
  for (const def of definitions()) {
    const file = fileOf(def, def.version);
    if (known.has(file)) continue;
    const text = sampleOf(def);
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
    known.set(file, digest(text));
  }
  const lines = [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, sha]) => `${sha}  ${file}\n`);
  writeFileSync(list, lines.join(''));
  process.stdout.write(`${known.size} frozen samples\n`);
}

if (import.meta.main) freeze();
