import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isSame, type ProcessRef, processRef } from './process-ref.ts';

const AGAIN_MS = 200;

/** Written beside and linked into place: nobody reads half of a note and takes its writer for dead. */
function take(file: string): boolean {
  const note = `${file}.${process.pid}`;
  writeFileSync(note, JSON.stringify(processRef(process.pid)));
  try {
    linkSync(note, file);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(note, { force: true });
  }
}

function isHeld(file: string): boolean {
  try {
    return isSame(JSON.parse(readFileSync(file, 'utf8')) as ProcessRef);
  } catch {
    return false;
  }
}

/** Runs the work while no other process does it for the same folder; the lock of a dead process counts as free. */
export async function holding<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const file = join(folder, 'making.lock');
  while (!take(file)) {
    if (isHeld(file)) await pause(AGAIN_MS);
    else rmSync(file, { force: true });
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
