// Who may import whom. Every rule must first bite: it is run over a small tree with one planted fault a rule.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './bootstrap.mjs';
import { planted, scenery } from './lib/planted.mjs';

const CONFIG = '.dependency-cruiser.cjs';
const cli = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');

function cruise(cwd) {
  const args = [cli, 'libs', 'services', '--config', CONFIG, '--output-type', 'json'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser did not run: ${stderr}`);
  return JSON.parse(stdout);
}

/** A small tree with one fault a rule; our own packages inside it, everything else borrowed. */
function plant() {
  const tree = mkdtempSync(join(tmpdir(), 'gts-boundaries-'));
  const put = (file, text) => {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text);
  };
  for (const [file, text] of [...Object.entries(scenery), ...Object.values(planted)]) put(file, text);
  const manifest = (name, dependencies) =>
    JSON.stringify({ name, exports: { '.': { '@gts/source': './src/index.ts' } }, dependencies });
  mkdirSync(join(tree, 'node_modules/@gts'), { recursive: true });
  for (const lib of readdirSync(join(tree, 'libs'))) {
    put(`libs/${lib}/package.json`, manifest(`@gts/${lib}`, { '@gts/kernel': '0', '@gts/contracts': '0' }));
    symlinkSync(join(tree, 'libs', lib), join(tree, 'node_modules/@gts', lib));
  }
  const names = ['@gts/kernel', '@gts/contracts', '@gts/testing', '@nestjs/common', 'nats'];
  const listed = Object.fromEntries(names.map((name) => [name, '0']));
  for (const service of ['a', 'b']) put(`services/${service}/package.json`, manifest(`@gts/${service}`, listed));
  for (const borrowed of ['@nestjs', 'nats', 'pino'])
    symlinkSync(join(root, 'node_modules', borrowed), join(tree, 'node_modules', borrowed));
  cpSync(join(root, CONFIG), join(tree, CONFIG));
  return tree;
}

function bites() {
  const tree = plant();
  const reported = new Set(cruise(tree).summary.violations.map((each) => `${each.rule.name} ${each.from}`));
  rmSync(tree, { recursive: true, force: true });
  const rules = createRequire(import.meta.url)(join(root, CONFIG)).forbidden.map((rule) => rule.name);
  const wanted = Object.entries(planted).map(([rule, [file]]) => `${rule} ${file}`);
  return {
    count: wanted.length,
    problems: [
      ...wanted.filter((key) => !reported.has(key)).map((key) => `rule does not bite: ${key}`),
      ...rules
        .filter((name) => !(name in planted) && !name.startsWith('lib-order-'))
        .map((name) => `rule without a planted violation: ${name}`),
    ],
  };
}

/** Subjects are derived from definitions; a literal elsewhere is a second truth. */
const LITERAL =
  /['"`](?:evt|cmd|rpc|prg|dlq)\.(?:[>*$]|identity|gear-catalog|signal-chains|shootouts|rendering|gateway)/;
const mayNameSubjects = (file) => /libs\/contracts\/src\/subjects\.ts$|\.spec\.ts$|-contract\.ts$|\/dist\//.test(file);

const { summary, modules } = cruise(root);
const sources = modules.map((each) => each.source).filter((file) => /^(libs|services)\/.*\.ts$/.test(file));
const literals = sources.filter(
  (file) => !mayNameSubjects(file) && LITERAL.test(readFileSync(join(root, file), 'utf8')),
);
const packages = ['libs', 'services'].flatMap((dir) => readdirSync(join(root, dir)));
const own = modules.some((each) => each.dependencies.some((to) => /^libs\/.*\/src\/index\.ts$/.test(to.resolved)));
const { count, problems } = bites();
problems.push(
  ...summary.violations.map((each) => `${each.rule.name}: ${each.from} -> ${each.to}`),
  ...literals.map((file) => `subject literal outside libs/contracts/src/subjects.ts: ${file}`),
  ...(summary.totalCruised < packages.length * 3 ? [`only ${summary.totalCruised} modules seen`] : []),
  ...(own ? [] : ['no edge between our own packages was resolved']),
);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`boundaries: ${summary.totalCruised} modules, ${count} planted violations\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
