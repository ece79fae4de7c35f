// A whole product for the bench, driven through its public API.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signIn } from '../../lib/api.mjs';
import { startStack } from '../start-stack.mjs';

/**
 * @returns `api` of a signed-in person, `rendering` {pid, ops}, `stop()`; `pause()` and `go()` halt its services while
 * another product is measured, so that their polls and heartbeats take none of its time
 */
export async function startProduct(workers) {
  const dataDir = mkdtempSync(join(tmpdir(), 'gts-bench-'));
  const stack = await startStack(dataDir, { RENDER_WORKERS: String(workers) });
  const { pids, ops } = JSON.parse(readFileSync(join(dataDir, 'stack.json'), 'utf8'));
  const signal = (name) => Object.values(pids).forEach((pid) => process.kill(pid, name));
  return {
    pause: () => signal('SIGSTOP'),
    go: () => signal('SIGCONT'),
    api: await signIn(`http://localhost:${stack.port}`, 'ben'),
    rendering: { pid: pids.rendering, ops: ops.rendering, store: join(dataDir, 'store', 'rendering.sqlite') },
    stop: async () => {
      signal('SIGCONT');
      await stack.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
