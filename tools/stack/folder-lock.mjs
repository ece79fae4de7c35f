// One stack a data folder: a second one would take the broker and the stores from the first.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function runs(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('stack.mjs');
  } catch {
    return false;
  }
}

const addressOf = (dataDir) => {
  const file = join(dataDir, 'stack.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).address : 'its address';
};

/** Takes the folder. @throws Error naming the stack that has it */
export function lockFolder(dataDir) {
  const file = join(dataDir, 'stack.pid');
  const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  if (holder !== process.pid && runs(holder))
    throw new Error(
      `${dataDir} belongs to a stack that runs already (process ${holder}, ${addressOf(dataDir)}). Stop that one, or choose another folder: GTS_DATA_DIR=.data2`,
    );
  writeFileSync(file, String(process.pid));
  process.on('exit', () => rmSync(file, { force: true }));
}
