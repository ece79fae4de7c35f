// The same product as processes, to compare with: its demo shootout rendered into a throw-away folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './engine.ts';
import { freePort } from '../stack/ports.mjs';
import { demoHashes } from './main-job.ts';

const READY = 'Ctrl-C stops it.';

/** Content hashes of the demo shootout as `npm start` makes it. */
export async function hashesOfProcesses(): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gts-processes-'));
  const port = await freePort();
  const env = { ...process.env, GTS_PORT: String(port), GTS_DATA_DIR: folder };
  const child = spawn(process.execPath, [join(root, 'tools/start.mjs')], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  try {
    let said = '';
    for await (const chunk of child.stderr.iterator({ destroyOnReturn: false }))
      if ((said += String(chunk)).includes(READY)) return await demoHashes(`http://localhost:${port}`);
    throw new Error(`npm start ended:\n${said}`);
  } finally {
    child.stderr.resume();
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}
