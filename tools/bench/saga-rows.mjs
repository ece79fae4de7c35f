// Sagas a second: three steps over three processes, in both durability classes of the store. There is no peer.
// The broker's own class stays `relaxed` here: nats-server 2.9.10 does not know `sync_interval: always`.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchTopology, SERVICES } from './saga-definition.mjs';

const require = createRequire(import.meta.url);
const { applyTopology, connectNats } = require('@gts/messaging');
const { startNats } = require('@gts/testing');
const RUNS = Number(process.env.BENCH_SAGAS ?? 300);
const ROUNDS = Math.max(5, Number(process.env.BENCH_ROUNDS ?? 5));
const program = fileURLToPath(new URL('saga-process.mjs', import.meta.url));
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const two = (value) => Number(value.toFixed(2));

async function cpuMs(children) {
  let sum = 0;
  for (const child of children) {
    const answer = once(child, 'message');
    child.send('cpu');
    const [{ cpu }] = await answer;
    sum += (cpu.user + cpu.system) / 1000;
  }
  return sum;
}

/** Broker and three services whose stores commit as `sync` says. */
async function open(sync, folder) {
  const broker = await startNats();
  const nc = await connectNats({ service: 'gateway', url: broker.url });
  await applyTopology(nc, benchTopology(), { mode: 'apply' });
  await nc.close();
  const own = join(folder, `sagas-${sync}`);
  mkdirSync(own);
  const children = SERVICES.map((service) => fork(program, [service, broker.url, own, sync]));
  await Promise.all(children.map((child) => once(child, 'message')));
  const [host] = children;
  return {
    sync,
    round: async (runs) => {
      const cpuBefore = await cpuMs(children);
      const finished = once(host, 'message');
      const startMs = performance.now();
      host.send({ runs });
      await finished;
      const seconds = (performance.now() - startMs) / 1000;
      return { perSecond: runs / seconds, cpuMs: ((await cpuMs(children)) - cpuBefore) / runs };
    },
    close: async () => {
      const ended = children.map((child) => once(child, 'exit'));
      for (const child of children) child.disconnect();
      await Promise.all(ended);
      await broker.stop();
    },
  };
}

const classes = {
  full: 'store synchronous=FULL; broker relaxed (2.9.10 has no sync_interval)',
  normal: 'store synchronous=NORMAL; broker relaxed',
};

const rowOf = ({ sync }, done) => ({
  id: 'saga-per-s',
  value: two(median(done.map(({ perSecond }) => perSecond))),
  unit: 'sagas/s',
  durability: sync === 'full' ? 'strict store' : 'relaxed store',
  note: classes[sync],
  cpuMsPerSaga: two(median(done.map((each) => each.cpuMs))),
  cpuUs: Math.round(1000 * median(done.map((each) => each.cpuMs))),
  spread: done.map(({ perSecond }) => two(perSecond)),
  ok: true,
});

/** One row a class, their rounds by turns. */
export async function sagaRows({ folder }) {
  const stacks = [];
  try {
    for (const sync of Object.keys(classes)) stacks.push(await open(sync, folder));
    const done = stacks.map(() => []);
    for (const stack of stacks) await stack.round(RUNS);
    for (let round = 0; round < ROUNDS; round++)
      for (const [at, stack] of stacks.entries()) done[at].push(await stack.round(RUNS));
    return stacks.map((stack, at) => rowOf(stack, done[at]));
  } finally {
    await Promise.all(stacks.map((stack) => stack.close()));
  }
}
