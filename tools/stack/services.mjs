// The services of the stack as child processes: started together, brought back when they crash, drained at the end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../bootstrap.mjs';
import { freePort } from './ports.mjs';

export const SERVICES = ['identity', 'gear-catalog', 'signal-chains', 'shootouts', 'rendering', 'gateway'];
/** What V8 compiled at the last start, so that the next one reads it. */
const compiled = join(root, 'node_modules', '.cache', 'compiled');
/** What node runs of a service: its bundle. */
export const entryOf = (service) => join(root, 'services', service, 'dist', 'bundle', 'main.js');
const RESTART_AFTER_MS = 500;
const READY_WITHIN_MS = 60_000;

/** Signals of megabytes come and go in rendering: what dies is to leave the process, not to wait in an arena. */
const memory = {
  rendering: {
    flags: ['--max-semi-space-size=2'],
    env: { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072' },
  },
  others: { flags: ['--max-semi-space-size=8'], env: {} },
};

/** One service: `ready()` waits for its health route, `stop()` drains it. */
function supervise(name, env, { logs, opsPort }) {
  let child;
  let stopping = false;
  const log = createWriteStream(join(logs, `${name}.log`), { flags: 'a' });
  const run = () => {
    // The channel tells the service when this process dies, however it dies.
    const { flags, env: own } = memory[name] ?? memory.others;
    child = spawn(process.execPath, [...flags, entryOf(name)], {
      cwd: root,
      env: { NODE_COMPILE_CACHE: compiled, ...own, ...env, OPS_PORT: String(opsPort) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true, // a Ctrl-C reaches it as our SIGTERM, once
    });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.on('exit', (code, signal) => {
      if (stopping) return;
      process.stderr.write(
        `${name} ended (${signal ?? `exit ${code}`}), starting it again; see ${join(logs, name)}.log\n`,
      );
      // A wrong setting stays wrong: exit 78 is not worth another try.
      if (code !== 78) setTimeout(() => stopping || run(), RESTART_AFTER_MS);
    });
  };
  run();
  return {
    name,
    ops: `http://127.0.0.1:${opsPort}`,
    pid: () => child.pid,
    ready: () => untilReady(name, { opsPort, logs, child: () => child }),
    kill: (signal) => child.kill(signal),
    stop: async () => {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return 0;
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      return code;
    },
  };
}

async function untilReady(name, { opsPort, logs, child }) {
  const end = Date.now() + READY_WITHIN_MS;
  let last = 'no answer';
  while (Date.now() < end) {
    if (child().exitCode === 78) break;
    try {
      const answer = await fetch(`http://127.0.0.1:${opsPort}/health/ready`);
      if (answer.ok) return;
      last = await answer.text();
    } catch (error) {
      last = error.cause?.code ?? error.message;
    }
    await sleep(50);
  }
  throw new Error(`${name} is not ready: ${last}. Its log: ${join(logs, `${name}.log`)}`);
}

export async function startServices(dataDir, environmentOf) {
  const logs = join(dataDir, 'logs');
  mkdirSync(logs, { recursive: true });
  const started = [];
  for (const name of SERVICES) started.push(supervise(name, environmentOf(name), { logs, opsPort: await freePort() }));
  return {
    ready: () => Promise.all(started.map((service) => service.ready())),
    ops: () => Object.fromEntries(started.map((service) => [service.name, service.ops])),
    pids: () => Object.fromEntries(started.map((service) => [service.name, service.pid()])),
    stop: () => Promise.all(started.map((service) => service.stop())),
  };
}
