import { existsSync, statfsSync } from 'node:fs';
import { arch, availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { fail, megabytes, ok, warn } from './finding.mjs';

const AREA = 'machine';
const NODE = 24;
const GIB = 2 ** 30;
const MOST_SKEW_MS = 2000;
const SOON_MS = 1500;

function node() {
  const [major] = process.versions.node.split('.').map(Number);
  const text = `Node ${process.versions.node}, ${availableParallelism()} cores ${arch()}, ${megabytes(totalmem())} memory`;
  return major === NODE ? ok(AREA, text) : fail(AREA, text, `run it with Node ${NODE}: npm run -s gts -- doctor`);
}

function disk({ dataDir }) {
  const folder = existsSync(dataDir) ? dataDir : dirname(dataDir);
  if (!existsSync(folder)) return ok(AREA, 'no data folder here');
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const text = `${megabytes(free)} free for ${dataDir}`;
  if (free < GIB) return fail(AREA, text, 'free some disk: stores and streams stop when it is full');
  return free < 5 * GIB ? warn(AREA, text, 'free some disk, or move GTS_DATA_DIR') : ok(AREA, text);
}

/** Our clock against the broker's: half of the way there and back is not its fault. */
async function clock({ monitors }) {
  const [monitor] = monitors;
  if (!monitor) return [];
  const before = Date.now();
  const answer = await fetch(new URL('/varz', monitor), { signal: AbortSignal.timeout(SOON_MS) }).catch(
    () => undefined,
  );
  if (!answer?.ok) return [];
  const { now } = await answer.json();
  const skew = Math.abs(Date.parse(now) - (before + Date.now()) / 2);
  const text = `clock ${Math.round(skew)} ms off the broker's`;
  return skew > MOST_SKEW_MS ? warn(AREA, text, 'let both follow a time server') : ok(AREA, text);
}

export const machine = async (world) => [node(), disk(world), ...[await clock(world)].flat()];
