// A whole product for the bench: started as `npm start` does it, driven through its public API.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../bootstrap.mjs';
import { signIn } from '../../lib/api.mjs';
import { freePort } from '../../stack/ports.mjs';

async function untilReady(child) {
  let log = '';
  for await (const chunk of child.stderr.iterator({ destroyOnReturn: false })) {
    log += chunk;
    if (log.includes('Guitar Tone Shootout is ready')) return;
  }
  throw new Error(`the stack ended:\n${log}`);
}

/** @returns `api` of a signed-in person, `rendering` {pid, ops}, `stop()` */
export async function startProduct(workers) {
  const dataDir = mkdtempSync(join(tmpdir(), 'gts-bench-'));
  const port = await freePort();
  const child = spawn(process.execPath, [join(root, 'tools', 'start.mjs'), '--no-demo'], {
    env: { ...process.env, GTS_DATA_DIR: dataDir, GTS_PORT: String(port), RENDER_WORKERS: String(workers) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await untilReady(child);
  child.stderr.resume();
  const { pids, ops } = JSON.parse(readFileSync(join(dataDir, 'stack.json'), 'utf8'));
  return {
    api: await signIn(`http://localhost:${port}`, 'ben'),
    rendering: { pid: pids.rendering, ops: ops.rendering, store: join(dataDir, 'store', 'rendering.sqlite') },
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
