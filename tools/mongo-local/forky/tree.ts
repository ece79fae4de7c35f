import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { holding } from './lock.ts';
import { checkMachine } from './machine.ts';
import { download } from './packages.ts';
import { unpack } from './unpack.ts';

/** Raise it when unpacking or the template changes: trees of older recipes are then left alone. */
const RECIPE = 2;

type Stamp = Readonly<{ recipe: number; tree: string }>;
export type TreeOptions = Readonly<{
  /** Where trees are kept. */
  folder: string;
  /** `PATH` of the caller. */
  path: string;
  log: (line: string) => void;
}>;

/** The tree the stamp names, if it was made by this recipe. */
function stamped(folder: string): string | undefined {
  const file = join(folder, 'stamp.json');
  if (!existsSync(file)) return undefined;
  const { recipe, tree } = JSON.parse(readFileSync(file, 'utf8')) as Stamp;
  const root = join(folder, tree);
  return recipe === RECIPE && existsSync(root) ? root : undefined;
}

async function make({ folder, log }: TreeOptions): Promise<string> {
  log('fetching PostgreSQL 18 with DocumentDB (142 MB, once)');
  const files = await download(folder);
  const digest = createHash('sha256')
    .update([`recipe ${RECIPE}`, ...files.map((file) => basename(file))].join('\n'))
    .digest('hex');
  const tree = `tree-${digest.slice(0, 16)}`;
  const root = join(folder, tree);
  if (!existsSync(root)) {
    log(`unpacking ${files.length} packages`);
    const half = `${root}.half`;
    rmSync(half, { recursive: true, force: true });
    await unpack(files, half);
    renameSync(half, root);
  }
  writeFileSync(join(folder, 'stamp.json'), JSON.stringify({ recipe: RECIPE, tree } satisfies Stamp));
  rmSync(join(folder, 'cache'), { recursive: true, force: true });
  return root;
}

/** Folder with an unpacked PostgreSQL, made on the first call of a machine. @throws Unavailable */
export async function prepareTree(options: TreeOptions): Promise<string> {
  checkMachine(options.path);
  mkdirSync(options.folder, { recursive: true });
  const find = () => stamped(options.folder);
  return realpathSync(find() ?? (await holding(options.folder, async () => find() ?? make(options))));
}
