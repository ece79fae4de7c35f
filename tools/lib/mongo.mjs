// One MongoDB wire server for a whole run of tests, unless MONGODB_URI names one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';

const PREFIX = 'MONGODB_URI=';
/** Exit status of `mongo:local` on a machine that cannot run it. */
const UNAVAILABLE = 69;

/**
 * Starts it in the background: fetching and unpacking, which a machine does once, run beside other work.
 * `ready` waits for it and tells the tests by `MONGODB_URI`, or by `MONGODB_LACK` what they cannot have.
 */
export function mongoForTests() {
  if (process.env.MONGODB_URI) return { ready: async () => {}, stop: async () => {} };
  const main = join(root, 'tools', 'mongo-local', 'main.ts');
  const child = spawn(process.execPath, [main, '--with-stdin'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exit = once(child, 'exit');
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const ready = async () => {
    while (!output.endsWith('\n') && child.exitCode === null) await Promise.race([once(child.stdout, 'data'), exit]);
    if (output.startsWith(PREFIX)) process.env.MONGODB_URI = output.trim().slice(PREFIX.length);
    else if (child.exitCode === UNAVAILABLE) process.env.MONGODB_LACK = errors.trim().split('\n').at(-1);
    // Anything else is no lack but a fault: the tests meet it when they start one, and say so.
    process.stderr.write(process.env.MONGODB_URI ? '' : `${errors.trim()}; `);
  };
  const stop = async () => {
    child.stdin.end();
    if (child.exitCode === null && child.signalCode === null) await exit;
  };
  return { ready, stop };
}
