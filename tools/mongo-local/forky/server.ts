import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from './place.ts';
import { SYSTEM_ENV } from './run.ts';

const PORT = 9712;
const READY = 'database system is ready to accept connections';

/** A data folder of the server, as it sees it, and the folder of its socket. */
export type Folders = Readonly<{ data: string; socket: string; log: string }>;
export type Server = Readonly<{
  socket: string;
  pid: number;
  /** Resolves when it ends, wanted or not. */
  ended: Promise<void>;
  /** SIGQUIT ends it at once, SIGINT after it wrote everything down. */
  stop: (signal: 'SIGQUIT' | 'SIGINT') => Promise<void>;
}>;

/** @param isKept whether acknowledged writes outlive the death of the server; none outlives the machine's */
const settings = ({ socket }: Folders, isKept: boolean) => `
listen_addresses = ''
unix_socket_directories = '${socket}'
port = ${PORT}
max_connections = 120
shared_buffers = '256MB'
max_prepared_transactions = 10
shared_preload_libraries = 'pg_cron, pg_documentdb_core, pg_documentdb'
cron.database_name = 'postgres'
cron.host = '${socket}'
cron.log_run = off
cron.log_statement = off
documentdb.localhost_connection_string = 'host=${socket} port=${PORT}'
documentdb.defaultCursorExpiryTimeLimitSeconds = 600
documentdb.maxCursorFileCount = 10000
dynamic_shared_memory_type = 'mmap'
fsync = off
synchronous_commit = ${isKept ? 'on' : 'off'}
full_page_writes = ${isKept ? 'on' : 'off'}
`;

async function untilReady(child: ChildProcess): Promise<void> {
  let log = '';
  for await (const chunk of child.stderr?.iterator({ destroyOnReturn: false }) ?? [])
    if ((log += String(chunk)).includes(READY)) return;
  throw new Error(`PostgreSQL ended: ${log.trim().split('\n').slice(-3).join(' | ')}`);
}

function prepare({ root, give }: Place, folders: Folders, isKept: boolean): void {
  mkdirSync(join(root, folders.socket), { recursive: true });
  give(folders.socket);
  writeFileSync(join(root, folders.data, 'postgresql.auto.conf'), settings(folders, isKept));
  // Who starts it here made sure that no other runs: the number in a file that a kill left may be anybody's by now.
  rmSync(join(root, folders.data, 'postmaster.pid'), { force: true });
}

/** Starts the server over a data folder that exists. `onPid` hears its number before it is ready. */
export async function serve(
  place: Place,
  folders: Folders,
  { isKept, onPid = () => {} }: Readonly<{ isKept: boolean; onPid?: (pid: number) => void }>,
): Promise<Server> {
  prepare(place, folders, isKept);
  const [program, args] = place.command('postgres', ['-D', folders.data]);
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own: Ctrl-C in a terminal is for the gateway, which then stops the server.
    detached: true,
    env: SYSTEM_ENV,
  });
  const pid = child.pid ?? 0;
  onPid(pid);
  const ended = once(child, 'exit').then(() => {});
  await untilReady(child);
  child.stderr?.on('data', (chunk: Buffer) => appendFileSync(join(place.root, folders.log), chunk));
  const stop = async (signal: 'SIGQUIT' | 'SIGINT') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return { socket: place.reach(pid, `${folders.socket}/.s.PGSQL.${PORT}`), pid, ended, stop };
}
