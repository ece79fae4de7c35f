import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '../postgres/connection.ts';
import type { Place } from './place.ts';
import { run } from './run.ts';
import { type Folders, serve } from './server.ts';

const INITDB = ['-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync'];

// Every two seconds these two look for index builds in the background, which the gateway never asks for.
const NO_IDLE_WORK = `select cron.unschedule(jobid) from cron.job where command like '%build_index_concurrently%'`;

/** Makes a data folder with the extension in it. */
export async function initialise(place: Place, folders: Folders): Promise<void> {
  const [program, args] = place.command('initdb', ['-D', folders.data, ...INITDB]);
  await run(program, args);
  const server = await serve(place, folders, { isKept: false });
  const connection = await Connection.open(server.socket, { user: 'postgres', database: 'postgres' });
  await connection.run([{ sql: 'create extension if not exists documentdb cascade' }]);
  await connection.run([{ sql: NO_IDLE_WORK }]);
  connection.close();
  await server.stop('SIGINT');
}

export const isInitialised = ({ root }: Place, data: string): boolean => existsSync(join(root, data, 'PG_VERSION'));

/** Removes what a run wrote. */
export function remove({ root }: Place, paths: readonly string[]): void {
  for (const path of paths) rmSync(join(root, path), { recursive: true, force: true });
}
