// docs/errors.md: every code a caller can meet, from the tables that the code throws from.
import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';

const require = createRequire(import.meta.url);
const { errorRows, statusOf } = require('@gts/kernel');

/** Loading a package or a module declares its codes. */
function load() {
  for (const file of globSync('libs/*/dist/index.js', { cwd: root }))
    if (!/ab-player|testing/.test(file)) require(join(root, file));
  for (const file of globSync('services/*/dist/**/errors.js', { cwd: root })) require(join(root, file));
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export function errorTable() {
  load();
  const { narrowed } = require('../../services/gateway/dist/application/errors.js');
  const rows = [...errorRows()].sort((a, b) => (a.code < b.code ? -1 : 1));
  const twice = rows.filter((row, i) => rows[i + 1]?.code === row.code);
  if (twice.length > 0) throw new Error(`declared twice: ${twice.map((row) => row.code).join(', ')}`);
  const lines = rows.map(({ code, kind, summary, advice }) => {
    return `| \`${code}\` | ${kind} | ${narrowed[code] ?? statusOf(kind)} | ${cell(summary)} | ${cell(advice)} |`;
  });
  return [
    '# Errors',
    '',
    'Reference, generated from the code. `kind` decides what a caller may do: `unavailable` and `limited` can be repeated as they are, `conflict` after reading again, the others need another request. The gateway narrows some statuses (see the API description).',
    '',
    '| code | kind | status | meaning | what to do |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}
