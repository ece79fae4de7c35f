// Two processes of every service on one broker and one MongoDB, the gateways behind a balancer.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../bootstrap.mjs';
import { programs } from '../lib/programs.mjs';
import { startBroker } from '../stack/broker.mjs';
import { freePort } from '../stack/ports.mjs';
import { secrets } from '../stack/secrets.mjs';
import { entryOf, SERVICES } from '../stack/services.mjs';
import { startBalancer } from './balancer.ts';

const READY_WITHIN_MS = 120_000;
/** So long a gateway still serves after it said 503: the balancer looks five times a second. */
const GATEWAY_DELAY = '1500ms';
const REPLICAS = ['a', 'b'];

function environment({ dataDir, storeUrlOf, url, broker, found }) {
  const keys = secrets(dataDir, SERVICES);
  const common = {
    ...process.env,
    LOG_LEVEL: 'info',
    GTS_DATA_DIR: dataDir,
    NATS_URL: broker.url,
    NATS_MONITOR_URLS: broker.monitorUrl,
    TOPOLOGY_MODE: 'verify',
    ARTEFACTS_URL: `file:${join(dataDir, 'artefacts')}`,
    INTERNAL_KEYS_FILE: keys.keysFile,
    PUBLIC_URL: url,
    STORE_POOL_MAX: '10',
  };
  const own = {
    gateway: { GATEWAY_KEYS: keys.gatewayKeys, SHUTDOWN_DELAY: GATEWAY_DELAY },
    identity: { DEMO_SIGN_IN: 'true', VAULT_KEYS: keys.vaultKeys },
    'gear-catalog': { DEMO_PACK_DIR: join(root, 'deploy', 'demo') },
    rendering: { FFMPEG_PATH: found.ffmpeg, TMP_DIR: join(dataDir, 'tmp'), RENDER_WORKERS: '1', WORK_DRAIN: '10s' },
  };
  return (service) => ({
    ...common,
    ...own[service],
    ...(storeUrlOf(service) && { STORE_URL: storeUrlOf(service) }),
    NATS_NKEY_FILE: broker.seedOf(service),
    INTERNAL_SIGNING_KEY: keys.signingKey[service],
  });
}

const isReady = (opsPort) =>
  fetch(`http://127.0.0.1:${opsPort}/health/ready`).then(
    (answer) => answer.ok,
    () => false,
  );

async function untilReady(name, { opsPort, child, log }) {
  const end = performance.now() + READY_WITHIN_MS;
  const lives = () => child.exitCode === null && child.signalCode === null;
  for (; performance.now() < end && lives(); await sleep(50)) if (await isReady(opsPort)) return;
  throw new Error(`${name} is not ready:\n${readFileSync(log, 'utf8').slice(-2000)}`);
}

async function startReplica(service, { env, logs, place }) {
  const opsPort = await freePort();
  const port = await freePort();
  const log = join(logs, `${service}-${place}.log`);
  const out = openSync(log, 'a');
  // The channel tells the service when this process dies, however it dies.
  const child = spawn(process.execPath, [entryOf(service)], {
    cwd: root,
    env: { ...env(service), OPS_PORT: String(opsPort), ...(service === 'gateway' && { GTS_PORT: String(port) }) },
    stdio: ['ignore', out, out, 'ipc'],
    detached: true,
  });
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const end = (signal) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  return { service, place, port, log, end, ready: () => untilReady(service, { opsPort, child, log }) };
}

/** Starts all. `replace` ends one replica by a signal while another one takes its place. */
export async function startReplicas(dataDir, storeUrlOf) {
  const logs = join(dataDir, 'logs');
  mkdirSync(logs, { recursive: true });
  const found = programs('nats-server', 'ffmpeg');
  const balancer = await startBalancer();
  const broker = await startBroker(found['nats-server'], dataDir);
  const env = environment({ dataDir, storeUrlOf, url: balancer.url, broker, found });
  const running = new Map();
  const start = async (service, place) => {
    const replica = await startReplica(service, { env, logs, place });
    running.set(`${service}-${place}`, replica);
    if (service === 'gateway') balancer.add(replica.port);
    return replica;
  };
  const stop = async () => {
    await Promise.all([...running.values()].map((each) => each.end('SIGTERM')));
    await balancer.stop();
    await broker.stop();
  };
  try {
    const first = await Promise.all(SERVICES.map((service) => start(service, REPLICAS[0])));
    await Promise.all(first.map((each) => each.ready()));
    const second = await Promise.all(SERVICES.map((service) => start(service, REPLICAS[1])));
    await Promise.all(second.map((each) => each.ready()));
    while (balancer.serving().length < REPLICAS.length) await sleep(50);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: balancer.url,
    broker,
    /** How the old one ended, and how long the change took. */
    replace: async (service, place, signal) => {
      const since = performance.now();
      const old = running.get(`${service}-${place}`);
      const fresh = start(service, place);
      const { code } = await old.end(signal);
      if (service === 'gateway') balancer.remove(old.port);
      await (await fresh).ready();
      return { service, place, code, ms: Math.round(performance.now() - since) };
    },
    waves: REPLICAS.map((place) => SERVICES.map((service) => ({ service, place }))),
    stop,
  };
}
