import { fail, ok, warn } from './finding.mjs';

const STATES = { up: ok, degraded: warn, down: fail };
const minorOf = (version) => Number(version.split('.')[1]);

async function readyOf([name, url]) {
  const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
  if (!answer) return fail('services', `${name} does not answer`, `its log: logs/${name}.log below the data folder`);
  const { status, missing: all = [], version } = await answer.json();
  // How durable broker and store are is told once, with the broker.
  const missing = answer.ok ? all.filter(({ what }) => what !== 'durability') : all;
  const why = missing.map((each) => `${each.what}: ${each.why}`).join('; ');
  const next = missing.find((each) => each.next)?.next;
  if (!answer.ok) return { ...fail('services', `${name} is ${status}: ${why}`, next), version };
  return { ...(why ? warn('services', `${name}: ${why}`, next) : ok('services', `${name} is ready`)), version };
}

/** Releases N and N + 1 work together, for as long as a rollout takes. */
function skew(found) {
  const versions = [...new Set(found.map(({ version }) => version).filter(Boolean))];
  if (versions.length < 2) return [];
  const minors = versions.map(minorOf);
  const apart = Math.max(...minors) - Math.min(...minors);
  const text = `services of ${versions.join(' and ')}`;
  return [apart > 1 ? fail('services', text, 'finish the rollout') : warn('services', text, 'finish the rollout')];
}

const READ = /^messaging_(consumer_state|stream_resets_total)\{(.*)\} ([1-9]\S*)$/gm;

/** Paused consumers and streams that were made anew, from what the services count. */
async function counted([name, url]) {
  const answer = await fetch(`${url}/metrics`).catch(() => undefined);
  if (!answer?.ok) return [];
  return [...(await answer.text()).matchAll(READ)].flatMap(([, metric, labels]) => {
    const label = (key) => new RegExp(`${key}="([^"]*)"`).exec(labels)?.[1];
    if (metric === 'stream_resets_total')
      return [
        warn(
          'flow',
          `${name} saw ${label('stream')} made anew or put back`,
          `gts outbox republish, then start ${name} again`,
        ),
      ];
    return label('state') === 'paused'
      ? [warn('flow', `${label('consumer')} is paused`, `what ${name} waits for, it says above`)]
      : [];
  });
}

/** Every process where its health route can be reached, else what the gateway says of the contexts. */
export async function services({ ops, api }) {
  if (ops) {
    const [ready, more] = await Promise.all([
      Promise.all(Object.entries(ops).map(readyOf)),
      Promise.all(Object.entries(ops).map(counted)),
    ]);
    return [...ready, ...skew(ready), ...more.flat()].map(({ version: _version, ...each }) => each);
  }
  const { contexts, version } = await (await api()).get('/status');
  const states = Object.entries(contexts).map(([context, state]) =>
    STATES[state]('services', `${context} is ${state}`),
  );
  return [ok('services', `gateway, version ${version}`), ...states];
}
