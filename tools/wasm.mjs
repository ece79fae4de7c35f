#!/usr/bin/env node
// Builds libs/*/assembly/*.ts (AssemblyScript) to libs/*/dist/*.wasm and compares each with its committed hash: an
// engine's id names the hash of its kernel, so the bytes may change on purpose only. `--update` writes new hashes, here and
// into src/**/<name>-hash.ts, which engines name and loaders compare.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { root } from './bootstrap.mjs';
import { isCurrent } from './lib/is-current.mjs';

const FLAGS = ['-O3', '--enable', 'simd', '--runtime', 'stub', '--importMemory', '--noAssert'];
const compiler = join(root, 'node_modules', 'assemblyscript', 'bin', 'asc.js');
const hashOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

function pathsOf(source) {
  const name = basename(source, '.ts');
  const lib = dirname(dirname(source));
  const wasm = join(lib, 'dist', `${name}.wasm`);
  return { wasm, built: `${wasm}.new`, hash: join(dirname(source), `${name}.sha256`) };
}

/** A finished build is kept while neither a source of its folder, its committed hash nor this compiler is younger. */
function isKept(source, { wasm, hash }) {
  const parts = globSync('**/*.ts', { cwd: dirname(source) }).map((path) => join(dirname(source), path));
  return (
    isCurrent(wasm, [compiler, ...parts]) && existsSync(hash) && hashOf(wasm) === readFileSync(hash, 'utf8').trim()
  );
}

function compile(source, { built }) {
  mkdirSync(dirname(built), { recursive: true });
  const { status, stderr } = spawnSync(process.execPath, [compiler, source, ...FLAGS, '-o', built], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${source} does not compile\n${stderr}`);
}

/** The constant of the code around the kernel. */
function updateConstant(source, hash) {
  const name = `src/**/${basename(source, '.ts')}-hash.ts`;
  for (const file of globSync(name, { cwd: dirname(dirname(source)) }).map((path) =>
    join(dirname(dirname(source)), path),
  ))
    writeFileSync(file, readFileSync(file, 'utf8').replace(/[0-9a-f]{64}/, hash));
}

/** @throws when a source does not compile or its bytes are not those of the committed hash */
export function buildWasm({ update = false } = {}) {
  for (const source of globSync('libs/*/assembly/*.ts', { cwd: root }).map((path) => join(root, path))) {
    const paths = pathsOf(source);
    if (!update && isKept(source, paths)) continue;
    compile(source, paths);
    const found = hashOf(paths.built);
    if (update) writeFileSync(paths.hash, `${found}\n`);
    if (update) updateConstant(source, found);
    const expected = existsSync(paths.hash) ? readFileSync(paths.hash, 'utf8').trim() : 'none';
    if (found !== expected)
      throw new Error(`${source}: built ${found}, committed ${expected}; run node tools/wasm.mjs --update on purpose`);
    renameSync(paths.built, paths.wasm);
  }
}

if (import.meta.main) buildWasm({ update: process.argv.includes('--update') });
