import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { natsImage, startInContainer } from './nats-container';

/** A port of the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Path of the broker: `NATS_SERVER`, PATH, or where Debian puts it. */
export function natsBinary(): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin'];
  const found = process.env['NATS_SERVER'] ?? folders.map((dir) => join(dir, 'nats-server')).find(existsSync);
  if (!found) throw new Error('nats-server is not installed: run npm start once, or set NATS_SERVER');
  return found;
}

type Broker = Readonly<{ end(signal: NodeJS.Signals): Promise<void> }>;

async function ready(child: ChildProcess): Promise<void> {
  let log = '';
  // Left open at the end: a Go program whose standard error is closed dies of its next line.
  for await (const chunk of child.stderr?.iterator({ destroyOnReturn: false }) ?? [])
    if ((log += String(chunk)).includes('Server is ready')) return;
  throw new Error(`nats-server ended: ${log}`);
}

export type NatsServer = Readonly<{
  url: string;
  port: number;
  /** Ends the process the hard way; the data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}>;

async function startProcess(cwd: string, args: readonly string[]): Promise<Broker> {
  const child = spawn(natsBinary(), args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  await ready(child);
  child.stderr.resume();
  return {
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, 'exit');
    },
  };
}

/**
 * A real broker with JetStream on a free port of the loopback interface, its data in a temporary folder.
 * Where `NATS_IMAGE` names an image, it runs in a container of that.
 * @param config more lines of its configuration, e.g. users; what it says of JetStream is taken as it is
 * @param included text of files that it includes, by name
 */
export async function startNats(config = '', included: Readonly<Record<string, string>> = {}): Promise<NatsServer> {
  const dir = mkdtempSync(join(tmpdir(), 'gts-nats-'));
  const port = await freePort();
  const file = join(dir, 'nats.conf');
  writeFileSync(file, config);
  const stored = config.includes('store_dir') ? [] : ['-js', '-sd', dir];
  for (const [name, text] of Object.entries(included)) writeFileSync(join(dir, name), text);
  const args = ['-c', file, '-a', '127.0.0.1', '-p', String(port), ...stored];
  const start = () => (natsImage() ? startInContainer(dir, args) : startProcess(dir, args));
  let broker = await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    kill: () => broker.end('SIGKILL'),
    restart: async () => void (broker = await start()),
    stop: async () => {
      await broker.end('SIGTERM');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
