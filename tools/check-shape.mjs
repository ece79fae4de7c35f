// The habits of size, measured: 90 % of files at most 150 lines, 90 % of functions at most 20, no `any`, and no
// handler that speaks of what only the libraries know.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { root } from './bootstrap.mjs';
import { allowedCasts, mayTogether } from './lib/shape-exceptions.mjs';

const files = globSync('{libs,services}/*/src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.d.ts'));
const product = files.filter((file) => !file.endsWith('.spec.ts'));
const text = (file) => readFileSync(join(root, file), 'utf8');
const share = (list, ok) => list.filter(ok).length / list.length;
const percent = (value) => `${(value * 100).toFixed(1)} %`;

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'Constructor',
  'MethodProperty',
]);

/** Lines of every function in a file; spans of the parser are byte offsets that go on from file to file. */
function functionLengths(file) {
  const source = Buffer.from(text(file));
  const module = parseSync(source.toString(), { syntax: 'typescript', decorators: true, target: 'es2023' });
  const base = module.span.start - (source.toString().length - source.toString().trimStart().length);
  const lengths = [];
  const visit = (node) => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (!node || typeof node !== 'object') return;
    const span = node.span ?? node.function?.span;
    if (FUNCTIONS.has(node.type) && span) {
      const part = source.subarray(span.start - base, span.end - base).toString();
      lengths.push(part.split('\n').length);
    }
    Object.values(node).forEach(visit);
  };
  visit(module.body);
  return lengths;
}

const HANDLERS = /services\/[^/]+\/src\/(?:application|entrypoints)\/(?!.*\.spec\.ts$).*\.ts$/;
const PLUMBING = /\btransaction\b|\bsubject\b|\.ack\(|\bnak\b|\bretry(?:ing|Times)?\b\(|\bBEGIN\b/;
const withoutComments = (source) => source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
const TOGETHER = /\btogether\b/;
const CAST = /\bas (?:unknown as|never)\b/g;
/** Tests and their tools force values on purpose: bad input is their business. */
const TOOLS_OF_TESTS = /\.spec\.ts$|^libs\/testing\/|\/suite\//;
const ANY = /:\s*any\b|\bas any\b|<any>|\bany\[\]/;

const speaksOfPlumbing = (file, source) =>
  HANDLERS.test(file) && (PLUMBING.test(source) || (TOGETHER.test(source) && !mayTogether.includes(file)));

/** What is wrong with the casts of a file; undefined when nothing is. */
function castFault(file, source) {
  const count = TOOLS_OF_TESTS.test(file) ? 0 : (source.match(CAST)?.length ?? 0);
  const allowed = allowedCasts[file]?.[0] ?? 0;
  if (count <= allowed) return undefined;
  return `${file} forces a type ${count} times (as unknown as, as never), allowed are ${allowed}`;
}

/** Every rule must first bite. */
function bites() {
  const handler = 'services/a/src/entrypoints/planted.ts';
  const planted = [
    ['a transaction in an entrypoint', speaksOfPlumbing(handler, 'store.transaction(ctx, work);')],
    ['together in a use case', speaksOfPlumbing('services/a/src/application/planted.ts', 'await together(ctx, work);')],
    ['as unknown as', castFault(handler, 'x as unknown as Y')],
    ['as never', castFault(handler, 'f(x as never)')],
    ['any', ANY.test('const x: any = 1')],
  ];
  return planted.filter(([, found]) => !found).map(([name]) => `rule does not bite: ${name}`);
}

const lines = files.map((file) => text(file).split('\n').length);
const functions = product.flatMap(functionLengths);
const results = [
  ['files of at most 150 lines', share(lines, (n) => n <= 150), 0.9],
  ['functions of at most 20 lines', share(functions, (n) => n <= 20), 0.9],
];
let ok = true;
for (const [title, value, least] of results) {
  process.stdout.write(`${title}: ${percent(value)} (at least ${percent(least)})\n`);
  if (value < least) {
    ok = false;
    process.stderr.write(`too few ${title}\n`);
  }
}
const plumbing = files.filter((file) => speaksOfPlumbing(file, withoutComments(text(file))));
const gone = [...Object.keys(allowedCasts), ...mayTogether].filter((file) => !files.includes(file));
const faults = [
  ...bites(),
  ...files.map((file) => castFault(file, withoutComments(text(file)))).filter((fault) => fault !== undefined),
  ...gone.map((file) => `an exception for a file that is gone: ${file}`),
];
for (const fault of faults) process.stderr.write(`${fault}\n`);
const anys = product.filter((file) => ANY.test(withoutComments(text(file))));
const untold = globSync('services/*/src/application', { cwd: root }).filter(
  (folder) => !files.includes(`${folder}.ts`),
);
for (const file of plumbing)
  process.stderr.write(`a handler speaks of transactions, subjects, acks or retries: ${file}\n`);
for (const file of anys) process.stderr.write(`any: ${file}\n`);
for (const folder of untold) process.stderr.write(`no table of contents: ${folder}.ts\n`);
process.exitCode = ok && plumbing.length + anys.length + untold.length + faults.length === 0 ? 0 : 1;
