#!/usr/bin/env node
// Bundles each service and each of its worker threads to services/<name>/dist/bundle: a process reads three files
// instead of two thousand, starts in a third of the CPU and keeps less in memory (ADR 0024).
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './bootstrap.mjs';
import { isCurrent } from './lib/is-current.mjs';
import { entryOf, SERVICES } from './stack/services.mjs';

/** Nest and fastify ask for these where an application uses them; ours does not, and they are not installed. */
const NOT_USED = new Set([
  '@fastify/static',
  '@fastify/view',
  '@nestjs/platform-express',
  '@nestjs/websockets/socket-module',
  'amqp-connection-manager',
  'amqplib',
  'class-transformer',
  'class-validator',
  'ioredis',
  'kafkajs',
  'mqtt',
]);

/**
 * The OpenTelemetry SDK asks for every exporter that a setting could name, and Nest for gRPC. Nobody here uses them, so
 * they would be a fifth of all modules for nothing: whoever does is told.
 */
const LEFT_OUT =
  /^@grpc\/.*$|^@opentelemetry\/(configuration|otlp-grpc-exporter-base|exporter-(zipkin|prometheus|(logs|metrics)-otlp-\w+|trace-otlp-(grpc|http)))$/;
const leftOut = {
  name: 'left-out',
  resolveId: { filter: { id: LEFT_OUT }, handler: (id) => ({ id: `left-out:${id}` }) },
  load: {
    filter: { id: /^left-out:/ },
    handler: (id) => `module.exports = new Proxy({}, {
      get: () => { throw new Error('${id.slice(9)} is left out of the bundle (tools/bundle.mjs)'); },
    });`,
  },
};

const folderOf = (service) => dirname(entryOf(service));
/** The process and its worker threads. */
function entriesOf(service) {
  const cwd = join(root, 'services', service, 'src');
  return globSync(['main.ts', '**/{worker,*-worker}.ts'], { cwd }).map((path) => join(cwd, path));
}

/** A module finds its files from where it stood before: the bundle's folder and the way from there. */
const whereItStood = (folder) => ({
  name: 'where-it-stood',
  transform: {
    filter: { code: '__dirname', id: /\.ts$/ },
    handler: (code, id) => ({
      code: code.replaceAll('__dirname', `(__dirname + '/${relative(folder, dirname(id))}')`),
      map: null,
    }),
  },
});

/** @throws where a module imports what is neither installed nor known to be left out */
function refuseUnknown(level, { code, id, exporter, message }) {
  if (code === 'UNRESOLVED_IMPORT' && NOT_USED.has(exporter)) return;
  throw new Error(`${level} ${code} in ${id ?? 'the bundle'}: ${message}`);
}

/** One file of our code with its map, one of packages without: a map is read at every start, and a large one costs memory. */
async function bundleEntry(service, entry) {
  const name = basename(entry, '.ts');
  const bundle = await rolldown({
    input: { [name]: entry },
    platform: 'node',
    tsconfig: join(root, 'services', service, 'tsconfig.json'),
    // What `require` finds: a package that comes in two forms must not be there twice.
    resolve: { conditionNames: ['@gts/source', 'node', 'require', 'default'], mainFields: ['main'] },
    plugins: [leftOut, whereItStood(folderOf(service))],
    onLog: refuseUnknown,
  });
  const { output } = await bundle.generate({
    format: 'cjs',
    entryFileNames: '[name].code.js',
    chunkFileNames: `${name}.[name].js`,
    codeSplitting: { groups: [{ name: 'packages', test: /node_modules|left-out/ }] },
    sourcemap: 'hidden',
    sourcemapExcludeSources: true,
    comments: false,
    // Lines and names stay, for those who read a stack. A character beyond Latin 1 would double the source in memory.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
  });
  await bundle.close();
  return output.filter(({ type }) => type === 'chunk');
}

/**
 * The entry says first that stacks are mapped. By a flag of node's the logger would look itself up in the map at every
 * start, for a tenth of a second.
 */
const entryText = (fileName) => `process.setSourceMapsEnabled(true);\nrequire('./${fileName}');\n`;

function writeChunk(folder, { fileName, name, code, map, isEntry }) {
  const write = (file, text) => writeFileSync(join(folder, file), text);
  if (!isEntry) return write(fileName, code);
  write(`${name}.js`, entryText(fileName));
  write(fileName, `${code}//# sourceMappingURL=${fileName}.map\n`);
  write(`${fileName}.map`, map.toString());
}

/** The package that a module belongs to: its folder. */
const packageOf = (id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0];

/** The words that the licences of bundled packages ask to be kept. */
function licencesOf(chunks) {
  const packages = new Set(chunks.flatMap(({ moduleIds }) => moduleIds.map(packageOf)).filter(Boolean));
  return [...packages]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const texts = globSync('{LICEN[CS]E,NOTICE,COPYING}{,.*,-*}', { cwd: folder }).sort((a, b) => (a < b ? -1 : 1));
      const words = texts.map((file) => readFileSync(join(folder, file), 'utf8').trim());
      return [`${name} ${version} (${license})`, ...words].join('\n\n');
    })
    .join(`\n\n${'-'.repeat(80)}\n\n`);
}

const sourcesIn = (...patterns) => globSync(patterns, { cwd: root }).map((file) => join(root, file));

async function bundleService(service) {
  const folder = folderOf(service);
  const chunks = (await Promise.all(entriesOf(service).map((entry) => bundleEntry(service, entry)))).flat();
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  for (const chunk of chunks) writeChunk(fresh, chunk);
  writeFileSync(join(fresh, 'LICENCES.txt'), `${licencesOf(chunks)}\n`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
}

/** Bundles every service with a source that is younger than its bundle. @throws where an import is not known */
export async function buildBundles() {
  const shared = sourcesIn('package-lock.json', 'tools/bundle.mjs', 'libs/*/src/**/*.ts');
  for (const service of SERVICES) {
    const sources = [...shared, ...sourcesIn(`services/${service}/src/**/*.ts`)];
    if (!isCurrent(entryOf(service), sources)) await bundleService(service);
  }
}

if (import.meta.main) await buildBundles();
