import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isSame, type ProcessRef, processRef } from './process-ref.ts';

/** Who runs in a data folder: the server, and the gateway that started it. */
type Running = Readonly<{ server: ProcessRef; owner: ProcessRef }>;

const PATIENCE_MS = 5_000;
const STEP_MS = 20;

function readRunning(file: string): Running | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Running;
  } catch {
    return undefined;
  }
}

/** Only a PostgreSQL that lives in our tree is ever ended. */
function isOurs({ server }: Running, root: string): boolean {
  try {
    const name = readFileSync(`/proc/${server.pid}/comm`, 'utf8').trim();
    return isSame(server) && name === 'postgres' && readlinkSync(`/proc/${server.pid}/root`) === root;
  } catch {
    return false;
  }
}

async function end({ server }: Running): Promise<void> {
  process.kill(server.pid, 'SIGQUIT');
  for (let left = PATIENCE_MS; isSame(server) && left > 0; left -= STEP_MS) await pause(STEP_MS);
  if (isSame(server)) process.kill(server.pid, 'SIGKILL');
}

/** Notes in `file` that this process runs the server. */
export function noteRunning(file: string, pid: number): void {
  const running: Running = { server: processRef(pid), owner: processRef(process.pid) };
  writeFileSync(file, JSON.stringify(running));
}

/**
 * Ends the server a note tells of if its gateway died without a word.
 * @returns false when that gateway lives, so that the folder is taken
 */
export async function endLeftover(file: string, root: string): Promise<boolean> {
  const running = readRunning(file);
  if (running && isSame(running.owner)) return false;
  if (running && isOurs(running, root)) await end(running);
  return true;
}
