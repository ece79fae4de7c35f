import { createRequire } from 'node:module';
import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { join, resolve } from 'node:path';
import { root } from '../bootstrap.mjs';
import { brokerSettings, settingsOf, stackFacts } from '../lib/broker-settings.mjs';
import { topologyOfEnvironment } from '../lib/topology.mjs';
import { address, connect, printJson, read } from './arguments.mjs';
import { artefacts } from './doctor/artefacts.mjs';
import { broker } from './doctor/broker.mjs';
import { fail, warn } from './doctor/finding.mjs';
import { flow } from './doctor/flow.mjs';
import { keys } from './doctor/keys.mjs';
import { machine } from './doctor/machine.mjs';
import { services } from './doctor/services.mjs';
import { store } from './doctor/store.mjs';
import { tools } from './doctor/tools.mjs';

const help = `Usage: npm run -s gts -- doctor [--json]

Looks at machine, tools, broker, topology, store, services, flow of messages, files and keys, all at once, 2 s each,
and says what to do next. Takes addresses from the environment of a service (NATS_URL, NATS_NKEY_FILE, STORE_URL,
ARTEFACTS_URL, DURABILITY …) or from what npm start wrote into GTS_DATA_DIR.

Exit codes: 0 nothing failed, 1 something did, 2 nothing of the product could be looked at.
`;
const require = createRequire(import.meta.url);
const monitorsOf = (url, given) => require('@gts/messaging').monitorUrls(url, given);
const WITHIN_MS = 2000;
/** Slow here says that the machine is busy, not that something is wrong. */
const LOCAL = new Set(['machine', 'tools', 'keys']);
const checks = { machine, tools, broker, store, services, flow, artefacts, keys };

/** What a starter wrote down; that of another address than the one asked for is not ours. */
function factsOfStack({ GTS_URL }) {
  const written = stackFacts();
  return GTS_URL === undefined || written?.address === address() ? written : undefined;
}

/** The broker, if anything says where it is. */
function brokerOf(env, facts) {
  if (env.NATS_URL === undefined && !facts) return { broker: {}, monitors: [] };
  const { monitors, ...broker } = brokerSettings(env);
  return { broker, monitors: monitorsOf(broker.url, monitors) };
}

/** Everything that checks look at. */
function lookAround(shell) {
  const facts = factsOfStack(shell);
  const env = settingsOf(shell, facts);
  const { GTS_DATA_DIR = '.data', NATS_REPLICAS = '1' } = env;
  const dataDir = resolve(root, GTS_DATA_DIR);
  let client;
  return {
    ...brokerOf(env, facts),
    env,
    dataDir,
    withinMs: WITHIN_MS,
    brokerIsOurs: env.NATS_URL === undefined,
    topology: topologyOfEnvironment(env),
    replicas: Number(NATS_REPLICAS),
    storeUrl: env.STORE_URL,
    artefactsUrl: env.ARTEFACTS_URL ?? `file:${join(dataDir, 'artefacts')}`,
    ops: facts?.ops,
    api: () => (client ??= connect('cleo')),
  };
}

async function within(area, work) {
  let timer;
  const late = new Promise((done) => {
    const say = LOCAL.has(area) ? warn : fail;
    timer = setTimeout(done, WITHIN_MS + 500, [say(area, `no answer within ${WITHIN_MS / 1000} s`, 'try again')]);
  });
  const unreachable = ({ message }) =>
    message === 'fetch failed'
      ? [fail(area, `nothing answers at ${address()}`, 'start it with npm start, or set GTS_URL')]
      : [fail(area, message.split('\n')[0], 'GTS_TOKEN of an operator?')];
  return Promise.race([work.catch(unreachable), late]).finally(() => clearTimeout(timer));
}

const line = ({ level, area, text, next }) =>
  `${level.padEnd(4)}  ${area.padEnd(9)}  ${text}${next ? `  → ${next}` : ''}\n`;

export async function doctor(args) {
  const { options } = read(args, { json: { type: 'boolean' } }, help);
  // Loaded before the first clock runs; and a busy machine may take longer than 250 ms to connect to itself.
  for (const each of ['@gts/messaging', '@gts/artefacts', '@gts/persistence']) require(each);
  setDefaultAutoSelectFamilyAttemptTimeout(WITHIN_MS);
  const world = lookAround(process.env);
  if (world.storeUrl?.startsWith('mongodb')) require('mongodb');
  const all = await Promise.all(Object.entries(checks).map(([area, check]) => within(area, check(world))));
  const found = all.flat();
  const told = found.map(({ answered: _answered, ...each }) => each);
  if (options.json) printJson(told);
  else for (const each of told) process.stdout.write(line(each));
  const answered = found.some((each) => each.answered);
  if (!answered) process.stderr.write(`gts: nothing of the product answers: start it with npm start, or set GTS_URL\n`);
  process.exitCode = exitOf(found, answered);
  // What did not answer in time must not keep the process.
  process.stdout.write('', () => process.exit());
}

const exitOf = (found, answered) => (answered ? Number(found.some(({ level }) => level === 'FAIL')) : 2);
