// Of what an image is built, as one digest: an image that carries the same needs no build.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, matchesGlob, relative } from 'node:path';

const IGNORE = '.dockerignore';
/** Read by the builder itself, wherever they lie. */
const BESIDE = ['deploy/Dockerfile', IGNORE];

type Context = Readonly<{ taken: readonly string[]; left: readonly string[] }>;

/** What .dockerignore takes by its path, and leaves by its name. @throws Error where it says anything else */
function contextOf(root: string): Context {
  const lines = readFileSync(join(root, IGNORE), 'utf8').split('\n').filter((line) => line !== '' && line !== '*'); // prettier-ignore
  const odd = lines.find((line) => !/^![^*]+$|^\*\*\/[^/]+$/.test(line));
  if (odd !== undefined) throw new Error(`${IGNORE}: nobody reads ${odd}`);
  return {
    taken: lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1)),
    left: lines.filter((line) => line.startsWith('**/')).map((line) => line.slice('**/'.length)),
  };
}

function filesBelow(path: string, left: readonly string[]): readonly string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => !left.some((pattern) => matchesGlob(name, pattern)))
    .flatMap((name) => filesBelow(join(path, name), left));
}

/** Digest of every file that a build sees, with its name and mode, and of the build's `settings`. */
export function sourcesOf(root: string, settings: string): string {
  const { taken, left } = contextOf(root);
  const files = [...taken, ...BESIDE].flatMap((each) => filesBelow(join(root, each), left)).toSorted();
  const digest = createHash('sha256').update(settings);
  for (const file of files) {
    const bytes = readFileSync(file);
    digest.update(`\0${relative(root, file)}\0${statSync(file).mode.toString(8)}\0${bytes.length}\0`).update(bytes);
  }
  return digest.digest('hex');
}
