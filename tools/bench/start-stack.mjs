// The stack for a bench, as `npm start` brings it up, without the demo.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { freePort } from '../stack/ports.mjs';

async function untilReady(child) {
  let log = '';
  for await (const chunk of child.stderr.iterator({ destroyOnReturn: false })) {
    log += chunk;
    if (log.includes('Guitar Tone Shootout is ready')) return;
  }
  throw new Error(`the stack ended:\n${log}`);
}

/** @returns once it is ready: `pid`, `port`, the `seconds` that it took, `stop()` */
export async function startStack(dataDir, settings = {}) {
  const port = await freePort();
  const since = performance.now();
  const child = spawn(process.execPath, [join(root, 'tools', 'start.mjs'), '--no-demo'], {
    env: { ...process.env, GTS_DATA_DIR: dataDir, GTS_PORT: String(port), ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await untilReady(child);
  const seconds = (performance.now() - since) / 1000;
  child.stderr.resume();
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { pid: child.pid, port, seconds, stop };
}
