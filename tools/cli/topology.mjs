import { brokerSettings, settingsOf, stackFacts } from '../lib/broker-settings.mjs';
import { applyTopology, topologyFaults, topologyOfEnvironment } from '../lib/topology.mjs';
import { printJson, read, Refused, UsageError } from './arguments.mjs';

const help = `Usage: npm run -s gts -- topology plan|apply|verify [--wait 60s] [--json]
                                                [--allow-destructive]

Streams and durables of this release, straight to the broker. "plan" prints them; "apply" makes what is missing,
changes what may change and compares the rest. It may be repeated. What would lose messages or positions it refuses
before it changes anything, and lists all of it; with --allow-destructive it deletes such streams and durables and makes
them anew. "verify" lists all that differs, exit 4 if something does.

Environment
  NATS_URL         the broker (that of a running npm start, else nats://127.0.0.1:4222)
  NATS_NKEY_FILE   seed of the user "topology"; without one the broker must know no users
  NATS_REPLICAS    copies of every stream (1)
  STREAM_LIMITS    size of the streams: full, or development, a sixteenth of it (development)
`;

const say = (line) => process.stderr.write(`${line}\n`);
const planOf = ({ version, streams, consumers }) => ({
  version,
  streams: streams.map(({ name, maxBytes, storage }) => ({ name, storage, maxBytes })),
  durables: consumers.map(({ stream, durable }) => `${stream}/${durable}`),
});

function plan(wanted, { json }) {
  if (json) return printJson(planOf(wanted));
  for (const { name, storage, maxBytes } of wanted.streams)
    process.stdout.write(`stream ${name} (${storage}, ${maxBytes / 2 ** 20} MiB)\n`);
}

async function apply(wanted, { json, broker, replicas, allowDestructive }) {
  plan(wanted, { json });
  await applyTopology(broker, wanted, { mode: 'apply', replicas, allowDestructive, tell: say });
  const { version, streams, consumers } = wanted;
  say(`topology ${version}: ${streams.length} streams and ${consumers.length} durables are as declared`);
}

async function verify(wanted, { json, broker, replicas }) {
  const faults = await topologyFaults(broker, wanted, { replicas });
  if (json) printJson({ version: wanted.version, faults });
  if (faults.length > 0) throw new Refused(faults.join('\n'));
}

function millisecondsOf(text) {
  const [, number, unit] = /^(\d+)(s|m)$/.exec(text) ?? [];
  if (number === undefined) throw new UsageError(`--wait ${text} is no length of time: 60s, 2m`, help);
  return Number(number) * (unit === 's' ? 1000 : 60_000);
}

const verbs = { plan, apply, verify };

export async function topology(args) {
  const settings = { wait: { type: 'string' }, json: { type: 'boolean' }, 'allow-destructive': { type: 'boolean' } };
  const { options, words } = read(args, settings, help);
  const [verb] = words;
  if (!Object.hasOwn(verbs, verb ?? '') || words.length > 1)
    throw new UsageError('say which: plan, apply, verify', help);
  const { json, wait = '60s', 'allow-destructive': allowDestructive = false } = options;
  if (allowDestructive && verb !== 'apply') throw new UsageError('--allow-destructive is for apply', help);
  const broker = { ...brokerSettings(), withinMs: millisecondsOf(wait) };
  const env = settingsOf(process.env, process.env.NATS_URL === undefined ? stackFacts() : undefined);
  await verbs[verb](topologyOfEnvironment(env), {
    json,
    broker,
    replicas: Number(env.NATS_REPLICAS ?? 1),
    allowDestructive,
  });
}
