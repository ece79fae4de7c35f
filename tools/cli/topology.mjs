import { applyTopology, topologyOfEnvironment } from '../lib/topology.mjs';
import { printJson, read, UsageError } from './arguments.mjs';

const help = `Usage: npm run -s gts -- topology plan|apply [--wait 60s] [--json]

Streams and durables of this release, straight to the broker. "plan" prints them, "apply" makes what is missing and
compares the rest; it never deletes, and refuses what would lose messages.

Environment
  NATS_URL         the broker (nats://127.0.0.1:4222)
  NATS_NKEY_FILE   seed of the user "topology"; without one the broker must know no users
  NATS_REPLICAS    copies of every stream (1)
  NODE_ENV         production: streams at full size, else scaled down
`;

const planOf = ({ version, streams, consumers }) => ({
  version,
  streams: streams.map(({ name, maxBytes, storage }) => ({ name, storage, maxBytes })),
  durables: consumers.map(({ stream, durable }) => `${stream}/${durable}`),
});

/** Ends the process where the broker does not answer in time: the client itself would wait for ever. */
function within(text, work) {
  const [, number, unit] = /^(\d+)(s|m)$/.exec(text) ?? [];
  if (number === undefined) throw new UsageError(`--wait ${text} is no length of time: 60s, 2m`, help);
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the broker does not answer within ${text}: NATS_URL, NATS_NKEY_FILE`)),
      Number(number) * (unit === 's' ? 1000 : 60_000),
    );
  });
  return Promise.race([work(), late]).finally(() => clearTimeout(timer));
}

export async function topology(args) {
  const { options, words } = read(args, { wait: { type: 'string' }, json: { type: 'boolean' } }, help);
  const [verb] = words;
  if (verb !== 'plan' && verb !== 'apply') throw new UsageError('say which: plan, apply', help);
  const wanted = topologyOfEnvironment();
  const plan = planOf(wanted);
  if (options.json) printJson(plan);
  else
    for (const { name, storage, maxBytes } of plan.streams)
      process.stdout.write(`stream ${name} (${storage}, ${maxBytes / 2 ** 20} MiB)\n`);
  if (verb === 'plan') return;
  const { NATS_URL: url = 'nats://127.0.0.1:4222', NATS_NKEY_FILE: seed, NATS_REPLICAS: replicas = '1' } = process.env;
  await within(options.wait ?? '60s', () =>
    applyTopology({ url, seed }, wanted, { mode: 'apply', replicas: Number(replicas) }),
  );
  process.stderr.write(
    `topology ${plan.version}: ${plan.streams.length} streams and ${plan.durables.length} durables are as declared\n`,
  );
}
