import { createRequire } from 'node:module';
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { topologyUser } from '../../lib/topology.mjs';
import { plain } from '../../lib/plain-address.mjs';
import { fail, megabytes, ok, warn } from './finding.mjs';

const require = createRequire(import.meta.url);
const MIB = 2 ** 20;
const FULL = 0.8;

function versionOf({ version }) {
  const [major, minor, patch] = version.split('.').map((part) => Number.parseInt(part, 10));
  const number = major * 1e6 + minor * 1e3 + patch;
  if (number < 2_009_010) return fail('broker', `nats-server ${version}`, 'at least 2.9.10; 2.10 for production');
  if (number >= 2_010_000) return ok('broker', `nats-server ${version}`);
  return warn('broker', `nats-server ${version}: for development`, '2.10 or newer knows sync_interval: always');
}

async function durability({ version }, { broker: { caFile }, monitors, env }) {
  const { brokerDurability, durabilityText } = require('@gts/messaging');
  const level = await brokerDurability({ urls: monitors, version, caFile });
  if (level === 'strict') return ok('broker', 'durability strict');
  const say = env.DURABILITY === 'strict' ? fail : warn;
  const [text, next] = durabilityText[level].split('; ');
  return say('broker', `durability ${text}`, next);
}

function payload({ max_payload: most }) {
  if (most >= MIB) return ok('broker', `max_payload ${megabytes(most)}`);
  return fail('broker', `max_payload ${most} bytes`, 'max_payload: 1MB in nats.conf');
}

/** What the broker may take against what its disk has; only where that disk is ours to see. */
async function limits({ monitors: [monitor] }) {
  const answer = monitor && (await fetch(new URL('/jsz?config=1', monitor)).catch(() => undefined));
  if (!answer?.ok) return [];
  const { config, store: used } = await answer.json();
  const { store_dir: folder, max_storage: most } = config ?? {};
  if (!folder || !existsSync(folder)) return [];
  const { bavail, bsize } = statfsSync(folder);
  const text = `max_file ${megabytes(most)}, ${megabytes(bavail * bsize + (used ?? 0))} on its disk`;
  return most <= bavail * bsize + (used ?? 0)
    ? [ok('broker', text)]
    : [warn('broker', text, 'a larger disk, or a smaller max_file: a full disk stops a stream until restart')];
}

const infoOf = (jsm, name) => jsm.streams.info(name).catch(() => undefined);

function clusterOf(infos) {
  const clustered = infos.filter(({ cluster }) => cluster?.replicas !== undefined);
  const orphans = infos.filter(({ cluster }) => cluster && !cluster.leader).map(({ config }) => config.name);
  if (orphans.length > 0) return fail('broker', `no leader for ${orphans.join(', ')}`, 'start the missing servers');
  const size = Math.max(1, ...clustered.map(({ cluster }) => cluster.replicas.length + 1));
  return ok('broker', size === 1 ? 'one server' : `${size} servers, every stream has a leader`);
}

function filled(infos) {
  const share = ({ state, config }) => (config.max_bytes > 0 ? state.bytes / config.max_bytes : 0);
  const full = infos.filter((info) => share(info) > FULL);
  return full.map((info) =>
    warn(
      'topology',
      `${info.config.name} is filled to ${Math.round(share(info) * 100)} %`,
      'see which consumer lags, or raise max_bytes',
    ),
  );
}

/** The users that our own broker was started with; those of another one cannot be asked for. */
function users({ dataDir, brokerIsOurs, topology }) {
  const file = join(dataDir, 'nats', 'users.conf');
  if (!brokerIsOurs || !existsSync(file)) return ok('topology', 'users of the broker cannot be seen from here');
  const { brokerUsersConf } = require('@gts/contracts');
  if (readFileSync(file, 'utf8') === brokerUsersConf(topology)) return ok('topology', 'users as declared');
  return fail('topology', 'users differ from what is declared', 'start again: npm start writes them anew');
}

async function drifts(nc, { topology, replicas }) {
  const { driftText, topologyDrifts } = require('@gts/messaging');
  let found;
  try {
    found = await topologyDrifts(nc, topology, { replicas });
  } catch (error) {
    if (error.code !== 'BUS.TOPOLOGY_REFUSED') throw error;
    return [fail('topology', error.message, 'cure the broker first')];
  }
  const next = 'gts topology apply';
  if (found.length > 0)
    return found.map((each) => fail('topology', `${each.object}: ${each.field} is ${driftText(each)}`, next));
  const { version, streams, consumers } = topology;
  return [ok('topology', `version ${version}, ${streams.length} streams, ${consumers.length} durables as declared`)];
}

async function lags(jsm, { consumers }) {
  const ask = ({ stream, durable }) => jsm.consumers.info(stream, durable).catch(() => undefined);
  const found = (await Promise.all(consumers.map(ask))).filter(Boolean);
  const most = found.toSorted((a, b) => b.num_pending - a.num_pending)[0];
  return ok('flow', most?.num_pending ? `${most.num_pending} messages wait for ${most.name}` : 'no consumer lags');
}

async function look(nc, world) {
  const jsm = await nc.jetstreamManager({ checkAPI: false });
  const names = world.topology.streams.map(({ name }) => name);
  const infos = (await Promise.all(names.map((name) => infoOf(jsm, name)))).filter(Boolean);
  const about = [versionOf(nc.info), await durability(nc.info, world), payload(nc.info), ...(await limits(world))];
  return [
    ...about,
    clusterOf(infos),
    ...(await drifts(nc, world)),
    ...filled(infos),
    users(world),
    await lags(jsm, world.topology),
  ];
}

/** Broker, topology and lags, as the user who may look at them. */
export async function broker(world) {
  const { url } = world.broker;
  if (url === undefined)
    return [warn('broker', 'not looked at', 'set NATS_URL, or GTS_DATA_DIR of a running npm start')];
  try {
    const found = await topologyUser({ ...world.broker, withinMs: world.withinMs }, (nc) => look(nc, world));
    return [{ ...ok('broker', plain(url)), answered: true }, ...found];
  } catch (error) {
    return [fail('broker', error.message, 'is it running, and NATS_NKEY_FILE the seed of its user "topology"?')];
  }
}
