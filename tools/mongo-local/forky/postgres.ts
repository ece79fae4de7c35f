import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '../postgres/connection.ts';
import { holding } from './lock.ts';
import { processRef } from './process-ref.ts';
import { run, SYSTEM_ENV } from './run.ts';
import { STORE_USER } from './unpack.ts';

const BIN = '/usr/lib/postgresql/18/bin';
const PORT = 9712;
const SAME_USER = [`--userspec=${STORE_USER}:${STORE_USER}`] as const;
const READY = 'database system is ready to accept connections';

export type Postgres = Readonly<{
  socket: string;
  pid: number;
  /** Resolves when the server ends, wanted or not. */
  ended: Promise<void>;
  stop: () => Promise<void>;
}>;

/** Nothing of a throw-away store has to survive the machine. */
const settings = (name: string) => `
listen_addresses = ''
unix_socket_directories = '/sock/${name}'
port = ${PORT}
max_connections = 120
shared_buffers = '256MB'
max_prepared_transactions = 10
shared_preload_libraries = 'pg_cron, pg_documentdb_core, pg_documentdb'
cron.database_name = 'postgres'
cron.host = '/sock/${name}'
cron.log_run = off
cron.log_statement = off
documentdb.localhost_connection_string = 'host=/sock/${name} port=${PORT}'
dynamic_shared_memory_type = 'mmap'
fsync = off
synchronous_commit = off
full_page_writes = off
`;

async function untilReady(child: ChildProcess): Promise<void> {
  let log = '';
  for await (const chunk of child.stderr?.iterator({ destroyOnReturn: false }) ?? [])
    if ((log += String(chunk)).includes(READY)) return;
  throw new Error(`PostgreSQL ended: ${log.trim().split('\n').slice(-3).join(' | ')}`);
}

/** Starts the server over the data folder `/data/<name>` of the tree. */
async function serve(root: string, name: string): Promise<Postgres> {
  const socketFolder = join(root, 'sock', name);
  mkdirSync(socketFolder, { recursive: true });
  chownSync(socketFolder, STORE_USER, STORE_USER);
  writeFileSync(join(root, 'data', name, 'postgresql.auto.conf'), settings(name));
  const child = spawn('chroot', [...SAME_USER, root, `${BIN}/postgres`, '-D', `/data/${name}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own: Ctrl-C in a terminal is for the gateway, which then stops the server.
    detached: true,
    env: SYSTEM_ENV,
  });
  const pid = child.pid ?? 0;
  writeFileSync(
    join(root, 'data', `${name}.pid`),
    JSON.stringify({ server: processRef(pid), owner: processRef(process.pid) }),
  );
  const ended = once(child, 'exit').then(() => {});
  await untilReady(child);
  child.stderr?.on('data', (chunk: Buffer) => appendFileSync(join(root, 'data', `${name}.log`), chunk));
  const stop = async () => {
    // Quit at once: the folder is thrown away.
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGQUIT');
    await ended;
  };
  // Through /proc the path stays short, whatever folder the tree lies in: addresses of sockets end at 107 bytes.
  return { socket: `/proc/${pid}/root/sock/${name}/.s.PGSQL.${PORT}`, pid, ended, stop };
}

/** A data folder with the extension in it, made once a tree, which each run copies. */
async function makeTemplate(root: string): Promise<void> {
  const name = 'template.half';
  const folder = join(root, 'data', name);
  rmSync(folder, { recursive: true, force: true });
  const flags = ['-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await run('chroot', [...SAME_USER, root, `${BIN}/initdb`, '-D', `/data/${name}`, ...flags]);
  const server = await serve(root, name);
  const connection = await Connection.open(server.socket, { user: 'postgres', database: 'postgres' });
  await connection.run([{ sql: 'create extension if not exists documentdb cascade' }]);
  await connection.run([{ sql: 'checkpoint' }]);
  connection.close();
  process.kill(server.pid, 'SIGINT');
  await server.ended;
  renameSync(folder, join(root, 'data', 'template'));
}

function remove(root: string, name: string): void {
  for (const path of [`data/${name}`, `data/${name}.pid`, `data/${name}.log`, `sock/${name}`])
    rmSync(join(root, path), { recursive: true, force: true });
}

/** Starts a server of its own on a copy of the template; stopping it removes all it wrote. */
export async function startPostgres(root: string): Promise<Postgres> {
  const template = join(root, 'data', 'template');
  if (!existsSync(template)) await holding(join(root, 'data'), async () => existsSync(template) || makeTemplate(root));
  const name = `run-${process.pid}`;
  await run('cp', ['-a', '--reflink=auto', template, join(root, 'data', name)]);
  const server = await serve(root, name);
  const stop = async () => {
    await server.stop();
    remove(root, name);
  };
  return { ...server, stop };
}
