// The whole product on one machine: broker, services, demo pack. Started by start.mjs under the pinned Node.
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './bootstrap.mjs';
import { isCurrent } from './lib/is-current.mjs';
import { programs } from './lib/programs.mjs';
import { step } from './lib/steps.mjs';
import { startBroker } from './stack/broker.mjs';
import { lockFolder } from './stack/folder-lock.mjs';
import { freePort } from './stack/ports.mjs';
import { secrets } from './stack/secrets.mjs';
import { seedDemo } from './stack/seed.mjs';
import { storeOf } from './stack/store-url.mjs';
import { buildBundles } from './bundle.mjs';
import { buildWasm } from './wasm.mjs';
import { SERVICES, startServices } from './stack/services.mjs';

const help = `Usage: npm start [-- --no-demo]

Starts Guitar Tone Shootout on this machine. Ctrl-C drains and stops it.
  --no-demo      do not create and render the demo shootout
  GTS_PORT       port of the web address (8080)
  GTS_DATA_DIR   where stores, audio and logs live (.data)
  NATS_URL       use this broker instead of starting one
  STORE_URL      mongodb://host:port/?replicaSet=rs0: a database a service there instead of files
  PUBLIC_URL     the address people use (http://localhost:<port>)
`;

const flags = new Set(process.argv.slice(2));
const unknown = [...flags].find((flag) => !['--no-demo', '--help', '-h'].includes(flag));
if (unknown || flags.has('--help') || flags.has('-h')) {
  process.stderr.write(unknown ? `unknown option ${unknown}\n\n${help}` : help);
  process.exit(unknown ? 2 : 0);
}

const ECHO_MS = 1000;
/** Of sysexits.h, as services end with. */
const EX_CONFIG = 78;
const dataDir = resolve(root, process.env.GTS_DATA_DIR ?? '.data');
const port = Number(process.env.GTS_PORT ?? 8080);

/** Whether something that the page is made of is younger than the page. */
function pageIsOld() {
  const sources = globSync(['services/web/{src,public}/**/*', 'services/web/*.{html,mjs}', 'libs/ab-player/src/*.ts'], {
    cwd: root,
  });
  return !isCurrent(
    join(root, 'services/web/dist/index.html'),
    sources.map((file) => join(root, file)),
  );
}

async function build() {
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const run = (command, args) => {
    const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${args.join(' ')} failed:\n${stdout}`);
  };
  // More checkers a project share the same libraries: on two cores they cost twice the CPU for nothing.
  run(tsc, ['-b', '--checkers', '1', '--builders', '2', ...SERVICES.map((name) => join('services', name))]);
  buildWasm();
  await buildBundles();
  if (pageIsOld()) run(join(root, 'node_modules', '.bin', 'vite'), ['build', 'services/web']);
}

async function checkPort() {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`GTS_PORT=${process.env.GTS_PORT} is not a port (1 to 65535)`);
  try {
    await freePort(port);
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Error(`port ${port} is taken: is the product running already? Choose another: GTS_PORT=8081 npm start`);
  }
}

function environment(broker, keys, found) {
  const publicUrl = process.env.PUBLIC_URL ?? `http://localhost:${port}`;
  const common = {
    ...process.env,
    GTS_DATA_DIR: dataDir,
    NATS_URL: broker.url,
    ...(broker.monitorUrl && { NATS_MONITOR_URLS: broker.monitorUrl, TOPOLOGY_MODE: 'verify' }),
    ARTEFACTS_URL: process.env.ARTEFACTS_URL ?? `file:${join(dataDir, 'artefacts')}`,
    INTERNAL_KEYS_FILE: keys.keysFile,
    PUBLIC_URL: publicUrl,
  };
  const own = {
    gateway: { GTS_HOST: process.env.GTS_HOST ?? '127.0.0.1', GTS_PORT: String(port), GATEWAY_KEYS: keys.gatewayKeys },
    identity: { DEMO_SIGN_IN: 'true', VAULT_KEYS: keys.vaultKeys },
    'gear-catalog': { DEMO_PACK_DIR: join(root, 'deploy', 'demo') },
    rendering: { FFMPEG_PATH: found.ffmpeg, TMP_DIR: join(dataDir, 'tmp') },
  };
  const store = process.env.STORE_URL ?? `file:${join(dataDir, 'store')}`;
  return (service) => ({
    ...common,
    STORE_URL: storeOf(store, service),
    ...own[service],
    ...(broker.seedOf && { NATS_NKEY_FILE: broker.seedOf(service) }),
    INTERNAL_SIGNING_KEY: keys.signingKey[service],
  });
}

/** What looks at this stack from outside must know, and may: no secret is among them. */
const TOLD = ['STREAM_LIMITS', 'ACK_WAIT', 'ARTEFACTS_URL', 'NATS_REPLICAS', 'DURABILITY', 'SQLITE_SYNC'];
const told = (env) => Object.fromEntries(TOLD.map((name) => [name, env[name]]));

/** Production has secrets that somebody keeps, and no demo people. */
function refuseProduction() {
  if (process.env.NODE_ENV !== 'production') return;
  process.stderr.write(
    'NODE_ENV: production is not for npm start, which makes its own secrets and lets demo people in; see deploy/README.md\n',
  );
  process.exit(EX_CONFIG);
}

async function main() {
  refuseProduction();
  mkdirSync(dataDir, { recursive: true });
  lockFolder(dataDir);
  await checkPort();
  await step('Building', build);
  const needed = process.env.NATS_URL ? ['ffmpeg'] : ['nats-server', 'ffmpeg'];
  const found = await step('Looking for the broker and ffmpeg', async () => programs(...needed));
  const broker = process.env.NATS_URL
    ? { url: process.env.NATS_URL, stop: async () => {} }
    : await step('Starting the broker', () => startBroker(found['nats-server'], dataDir));
  const env = environment(broker, secrets(dataDir, SERVICES), found);
  const services = await startServices(dataDir, env);
  stopOnSignal(services, broker);
  await step(`Starting ${SERVICES.length} services`, () => services.ready());
  const address = `http://localhost:${port}`;
  writeFileSync(
    join(dataDir, 'stack.json'),
    JSON.stringify({
      address,
      natsUrl: broker.url,
      natsSeedFile: broker.seedOf?.('topology'),
      natsMonitorUrl: broker.monitorUrl,
      settings: told(process.env),
      pids: services.pids(),
      ops: services.ops(),
    }),
  );
  const listen = flags.has('--no-demo') ? undefined : await seedDemo(address);
  process.stderr.write(
    `\nGuitar Tone Shootout is ready: ${address}\n${listen ? `The demo shootout:            ${listen}\n` : ''}Ctrl-C stops it.\n`,
  );
}

function stopOnSignal(services, broker) {
  let since;
  const stop = async () => {
    // One Ctrl-C comes by the terminal and by whoever started us; only a second one means "at once".
    if (since !== undefined) return performance.now() - since < ECHO_MS || process.exit(1);
    since = performance.now();
    process.stderr.write('\n');
    const codes = await step('Draining', () => services.stop());
    await broker.stop();
    process.exit(codes.every((code) => code === 0) ? 0 : 1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop());
  // Whatever fails after this point must not leave services behind.
  process.on(
    'stack-failed',
    () =>
      void services
        .stop()
        .then(() => broker.stop())
        .then(() => process.exit(1)),
  );
}

main().catch((error) => {
  process.stderr.write(`\n${error.message}\n`);
  if (!process.emit('stack-failed')) process.exit(1);
});
