// The saga of the bench: three steps in three services, nothing to undo, no work in a step but its rows and messages.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { context, declareService, failure, topologyOf } = require('@gts/contracts');
const { done, forever, participant, participants, saga, sagaHost } = require('@gts/saga');
const { z } = require('zod');

const [host, gear, rendering] = ['shootouts', 'gear-catalog', 'rendering'].map((name) => context(name));
const run = { version: 1, data: z.strictObject({ runId: z.string() }), example: { runId: 'run' } };
const refusal = {
  version: 1,
  data: z.strictObject({ runId: z.string(), ...failure }),
  example: { runId: 'run', code: 'BENCH.REFUSED', retryable: false },
};

const stepOf = (owner, name) => ({
  owner,
  send: owner.command(`Bench${name}`, { mode: 'saga', summary: `${name} of the bench.`, ...run }),
  done: owner.event(`Bench${name}Done`, { aggregate: `Bench${name}`, summary: `${name} is done.`, ...run }),
  failed: owner.event(`Bench${name}Refused`, { aggregate: `Bench${name}`, summary: `${name} is not.`, ...refusal }),
});
const steps = { hold: stepOf(gear, 'Hold'), render: stepOf(rendering, 'Render'), finish: stepOf(host, 'Finish') };

export const Requested = host.event('BenchRequested', {
  aggregate: 'BenchRun',
  summary: 'A run was asked for.',
  ...run,
});

const forward = ({ send, done: ended, failed }) => ({
  send,
  done: ended,
  failed,
  data: ({ runId }) => ({ runId }),
  timeout: '5m',
});

export const benchSaga = saga('bench-run', { version: 1, start: Requested, key: (e) => e.runId, init: (e) => e })
  .step('hold', forward(steps.hold))
  .step('render', forward(steps.render))
  .step('finish', { ...forward(steps.finish), pivot: true, retry: forever('5s') });

const partOf = (name, deps) => {
  const own = Object.values(steps).filter(({ owner }) => owner.name === name);
  const answers = own.map(({ send, done: ended }) =>
    participant(send, { do: async ({ data: { runId } }) => done(ended, { runId }) }),
  );
  return participants('bench-steps', answers, deps);
};

/** The subscriptions of one service; the host's saga among them. */
export function subscriptionsOf(service, deps) {
  const steps = partOf(service, deps);
  if (service !== 'shootouts') return { subscriptions: [steps], start: () => undefined };
  const { subscription, timers } = sagaHost(benchSaga, deps);
  return { subscriptions: [steps, subscription], start: () => timers.start() };
}

export const SERVICES = ['shootouts', 'gear-catalog', 'rendering'];

export function benchTopology() {
  const declared = SERVICES.map((service) => {
    const { subscriptions } = subscriptionsOf(service, { newId: () => 'none' });
    return declareService(service, {
      subscriptions: subscriptions.map(({ name, kind, defs }) => ({ name, kind, from: defs })),
    });
  });
  return topologyOf([host, gear, rendering], declared, { limits: 'development' });
}
