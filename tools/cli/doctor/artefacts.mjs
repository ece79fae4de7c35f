import { existsSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { randomBytes } from 'node:crypto';
import { topologyUser } from '../../lib/topology.mjs';
import { fail, megabytes, ok, warn } from './finding.mjs';

const require = createRequire(import.meta.url);
const AREA = 'artefacts';
const LOW = 0.1;

function room(free, whole, what) {
  const text = `${what}: ${megabytes(free)} of ${megabytes(whole)} free`;
  return free < LOW * whole ? warn(AREA, text, 'free some room, or make the store larger') : ok(AREA, text);
}

/** Puts, reads and deletes a few bytes of its own. */
async function probe({ root }) {
  if (!existsSync(root)) return [warn(AREA, 'no folder of files yet', 'the services make it')];
  const { fileArtefacts } = require('@gts/artefacts');
  const { clockOf } = require('@gts/kernel');
  const store = fileArtefacts({ root, context: 'doctor', clock: clockOf(() => Date.now()) });
  const bytes = randomBytes(32);
  const { sha256 } = await store.put(bytes);
  const same = Buffer.from((await store.read(sha256)) ?? []).equals(bytes);
  await store.delete(sha256);
  const { bavail, blocks, bsize } = statfsSync(root);
  const works = same
    ? ok(AREA, 'files are written and read back')
    : fail(AREA, 'what was put is not what is read', `look at ${root}`);
  return [works, room(bavail * bsize, blocks * bsize, 'its disk')];
}

/** The bucket's own room; only services may put something in. */
const bucketOf = ({ broker, withinMs }, { bucket }) =>
  topologyUser({ ...broker, withinMs }, async (nc) => {
    const jsm = await nc.jetstreamManager({ checkAPI: false });
    const { state, config } = await jsm.streams.info(`OBJ_${bucket}`);
    return [room(config.max_bytes - state.bytes, config.max_bytes, `bucket ${bucket}`)];
  });

export async function artefacts(world) {
  const { placeOf } = require('@gts/artefacts');
  const place = placeOf(world.artefactsUrl);
  try {
    if (place.kind === 'file') return await probe(place);
    if (place.kind === 'nats' && world.broker.url) return await bucketOf(world, place);
    return [warn(AREA, `${place.kind}: not looked at`, 'look at it with its own tools')];
  } catch (error) {
    return [fail(AREA, error.message, 'look at what ARTEFACTS_URL names')];
  }
}
