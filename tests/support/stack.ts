import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@gts/testing';
import { dropStores, storeEnvironment } from './store-address';

const root = join(__dirname, '..', '..');
const READY = 'Guitar Tone Shootout is ready';

export type Stack = Readonly<{
  url: string;
  /** The starter's process id. */
  pid: number;
  dataDir: string;
  /** What the starter wrote so far. */
  output: () => string;
  /** Process ids of the services and the broker's address, as the starter wrote them down. */
  facts: () => { address: string; natsUrl: string; natsSeedFile?: string; pids: Record<string, number> };
  /** Signals the starter and waits for its end. @returns its exit code */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}>;

type Options = Readonly<{ demo?: boolean; dataDir?: string; env?: Readonly<Record<string, string>>; keep?: boolean }>;

async function untilReady(child: ChildProcess, log: { text: string }): Promise<void> {
  // Left open at the end: a starter that cannot write any more would end.
  for await (const chunk of child.stderr?.iterator({ destroyOnReturn: false }) ?? []) {
    log.text += String(chunk);
    if (log.text.includes(READY)) return;
  }
  throw new Error(`the stack ended:\n${log.text}`);
}

/** Starts the product as `npm start` does, on free ports, its data in a temporary folder. */
export async function startStack({ demo = false, dataDir, env = {}, keep = false }: Options = {}): Promise<Stack> {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'gts-stack-'));
  const port = await freePort();
  const log = { text: '' };
  const child = spawn(process.execPath, [join(root, 'tools/start.mjs'), ...(demo ? [] : ['--no-demo'])], {
    cwd: root,
    env: { ...process.env, GTS_PORT: String(port), GTS_DATA_DIR: folder, ...storeEnvironment(folder), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await untilReady(child, log);
  child.stderr?.on('data', (chunk) => (log.text += String(chunk)));
  return {
    url: `http://localhost:${port}`,
    pid: child.pid ?? 0,
    dataDir: folder,
    output: () => log.text,
    facts: () => JSON.parse(readFileSync(join(folder, 'stack.json'), 'utf8')) as ReturnType<Stack['facts']>,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await once(child, 'exit');
      }
      if (!keep) await dropStores(folder);
      if (!keep && existsSync(folder)) rmSync(folder, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}
