// docs/sagas/*.mmd: a state diagram of every saga, from its definition.
import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';

const require = createRequire(import.meta.url);

const isSaga = (value) => Array.isArray(value?.steps) && typeof value.type === 'string';

export function sagaDiagrams() {
  const { mermaid } = require('@gts/saga');
  const definitions = globSync('services/*/dist/application/*.saga.js', { cwd: root })
    .flatMap((file) => Object.values(require(join(root, file))))
    .filter(isSaga);
  return Object.fromEntries(definitions.map((each) => [`docs/sagas/${each.type}.mmd`, mermaid(each)]));
}
