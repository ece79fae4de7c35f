import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { initialise, isInitialised, remove } from './data-folder.ts';
import { endLeftover, noteRunning } from './leftovers.ts';
import { holding } from './lock.ts';
import { inTree, onSystem, type Place } from './place.ts';
import { run } from './run.ts';
import { type Folders, serve } from './server.ts';

export type Postgres = Readonly<{ socket: string; ended: Promise<void>; stop: () => Promise<void> }>;

const NOTE = '.pid';

const foldersOf = (name: string): Folders => ({
  data: `/data/${name}`,
  socket: `/sock/${name}`,
  log: `/data/${name}.log`,
});
const traces = (name: string) => [...Object.values(foldersOf(name)), `/data/${name}${NOTE}`];

/** A data folder that each run copies: made once a tree. */
async function template(place: Place): Promise<string> {
  const done = join(place.root, 'data', 'template');
  if (existsSync(done)) return done;
  return holding(join(place.root, 'data'), async () => {
    if (existsSync(done)) return done;
    remove(place, traces('half'));
    await initialise(place, foldersOf('half'));
    renameSync(join(place.root, 'data', 'half'), done);
    remove(place, traces('half'));
    return done;
  });
}

/** Clears away what runs left whose gateway was killed. */
async function tidy(place: Place): Promise<void> {
  const folder = join(place.root, 'data');
  for (const file of readdirSync(folder).filter((name) => name.endsWith(NOTE)))
    if (await endLeftover(join(folder, file), place.root)) remove(place, traces(file.slice(0, -NOTE.length)));
}

/** Starts a server of its own on a copy of the template; stopping it removes all it wrote. */
export async function startThrowAway(root: string): Promise<Postgres> {
  const place = inTree(root);
  await tidy(place);
  const name = `run-${process.pid}`;
  await run('cp', ['-a', '--reflink=auto', await template(place), join(root, 'data', name)]);
  const onPid = (pid: number) => noteRunning(join(root, 'data', name + NOTE), pid);
  const server = await serve(place, foldersOf(name), { isKept: false, onPid });
  const stop = async () => {
    await server.stop('SIGQUIT');
    remove(place, traces(name));
  };
  return { ...server, stop };
}

/** Starts the server of the system itself, over a folder that stays. @throws Error when another one uses it */
export async function startKept(folder: string): Promise<Postgres> {
  const folders: Folders = { data: join(folder, 'store'), socket: '/tmp/gts-store', log: join(folder, 'store.log') };
  const note = join(folder, `store${NOTE}`);
  mkdirSync(folder, { recursive: true });
  if (!(await endLeftover(note, onSystem.root))) throw new Error(`${folder} is in use`);
  if (!isInitialised(onSystem, folders.data)) await initialise(onSystem, folders);
  const server = await serve(onSystem, folders, { isKept: true, onPid: (pid) => noteRunning(note, pid) });
  return { ...server, stop: () => server.stop('SIGINT') };
}
