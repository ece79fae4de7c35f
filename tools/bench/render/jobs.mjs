// Whole jobs through a running product: 30 s of guitar through four A1 standard captures and cabinets, with montage,
// pictures and 1080p video. Wall time beside the CPU that the captures took, two workers beside one.
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { until } from '../../lib/api.mjs';
import { demoRiff, pack } from './captures.mjs';
import { startProduct } from './stack.mjs';

const require = createRequire(import.meta.url);
const { aWaveNet, namBytes, publishedShapes } = require('@gts/testing');
const { quantise24, writeWav24 } = require('@gts/audio');
const SECONDS = 30;
const TICK = 100;
/** Picture, montage, video. */
const KINDS = 3;
const CABS = ['1x12-open-back.wav', '4x12-dynamic-on-axis.wav', '4x12-ribbon-off-axis.wav'];
const two = (value) => Number(value.toFixed(2));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** The riff again and again, as a 24-bit WAV. */
function recording() {
  const riff = demoRiff(10);
  const x = Float32Array.from({ length: SECONDS * 48_000 }, (_, i) => riff[i % riff.length]);
  return Buffer.from(writeWav24(quantise24(x)));
}

async function modelOf(api, bytes, { name, gearType }) {
  const fileSha256 = createHash('sha256').update(bytes).digest('hex');
  const { items } = await api.get(`/gear?sha256=${fileSha256}`);
  if (items.length > 0) return items[0].models[0].id;
  await api.stage(fileSha256, bytes);
  const kind = gearType === 'ir' ? { irKind: 'cabinet' } : {};
  const gear = await api.post('/gear', {
    fileSha256,
    name,
    gearType,
    ...kind,
    licenceCode: 'cco',
    declaredRights: true,
  });
  return gear.models[0].id;
}

/** Recording and chains: chain i is capture i into cabinet `i + shift`. */
async function furnish({ api }) {
  const track = await api.createDI(recording(), { name: 'Riff, 30 s' });
  await until(
    () => api.get(`/di-tracks/${track.id}`),
    ({ status }) => status === 'READY',
  );
  const amps = [];
  for (const seed of [1, 2, 3, 4])
    amps.push(
      await modelOf(api, namBytes(aWaveNet(seed, publishedShapes['A1 standard'])), {
        name: `Amp ${seed}`,
        gearType: 'amp',
      }),
    );
  const cabs = [];
  for (const file of CABS)
    cabs.push(await modelOf(api, readFileSync(join(pack, 'irs', file)), { name: file, gearType: 'ir' }));
  const chainsWith = async (shift) => {
    const ids = [];
    for (const [i, amp] of amps.entries()) {
      const block = (role, gearModelId) => ({ kind: 'gear', role, gearModelId });
      const blocks = [block('amp', amp), block('ir', cabs[(i + shift) % cabs.length])];
      ids.push((await api.post('/signal-chains', { name: `Chain ${i + 1}, cab ${shift}`, blocks })).id);
    }
    return ids;
  };
  return { di: track.id, first: await chainsWith(0), second: await chainsWith(1) };
}

/** CPU seconds of a process and the children that ended. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (
    fields
      .slice(11, 15)
      .map(Number)
      .reduce((sum, ticks) => sum + ticks, 0) / TICK
  );
}

/** CPU seconds that captures took in the workers so far. */
async function captureCpuOf(ops) {
  const text = await (await fetch(`${ops}/metrics`)).text();
  return Number(/^rendering_stage_cpu_seconds_total\{[^}]*stage="capture"[^}]*\} (\S+)$/m.exec(text)?.[1] ?? 0);
}

/** From the chains' work items to the end of the last. */
function chainSeconds(file, runId) {
  const store = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = store
      .prepare(`SELECT created_at, updated_at FROM c_chain_renders WHERE json_extract(body, '$.runId') = ?`)
      .all(runId);
    const [start, end] = [rows.map((row) => Date.parse(row.created_at)), rows.map((row) => Date.parse(row.updated_at))];
    return (Math.max(...end) - Math.min(...start)) / 1000;
  } finally {
    store.close();
  }
}

const spentBy = async ({ pid, ops }) => ({ cpu: cpuOf(pid), captures: await captureCpuOf(ops) });
const seen = { everyMs: 20, withinMs: 300_000 };

/**
 * How far a job is, looked up in the store: to ask the product so often would take a twentieth of the two cores that it
 * is measured on.
 */
async function withRow(rendering, title, action) {
  const store = new DatabaseSync(rendering.store, { readOnly: true });
  const row = store.prepare(
    `SELECT json_extract(body, '$.status') AS status, (SELECT count(*) FROM json_each(body, '$.enrichments')
      WHERE json_extract(value, '$.status') IN ('ready', 'failed')) AS made
      FROM c_render_jobs WHERE json_extract(body, '$.spec.title') = ?`,
  );
  try {
    return await action((done) => until(() => row.get(title) ?? { status: 'accepted' }, done, seen));
  } finally {
    store.close();
  }
}

/** CPU of the service and its encoders from the first chain's work item until the job is complete: stages 5 to 10. */
const stages5To10 = (rendering, title) =>
  withRow(rendering, title, async (reached) => {
    const before = ['accepted', 'preparing'];
    await reached(({ status }) => !before.includes(status));
    const start = await spentBy(rendering);
    await reached(({ status }) => ![...before, 'rendering', 'finishing'].includes(status));
    const end = await spentBy(rendering);
    return { cpu: end.cpu - start.cpu, captures: end.captures - start.captures };
  });

/** One job, to its video. `gainDb` makes every stage new. */
async function job({ api, rendering }, { di, chains, gainDb, title }) {
  const selections = chains.map((signalChainId) => ({ signalChainId }));
  const { id } = await api.post('/shootouts', {
    title,
    diTrackId: di,
    inputGainDb: gainDb,
    visibility: 'unlisted',
    selections,
  });
  const before = await spentBy(rendering);
  const since = performance.now();
  await api.post(`/shootouts/${id}/render`);
  const stages = await stages5To10(rendering, title);
  const done = await until(
    () => api.get(`/shootouts/${id}`),
    ({ status }) => ['COMPLETED', 'FAILED'].includes(status),
    seen,
  );
  const renderSeconds = (performance.now() - since) / 1000;
  const captures = (await captureCpuOf(rendering.ops)) - before.captures;
  if (done.status !== 'COMPLETED') throw new Error(`the job failed: ${JSON.stringify(done.failure)}`);
  await withRow(rendering, title, (reached) => reached(({ made }) => made === KINDS));
  const page = await until(
    () => api.get(`/public/shootouts/${id}`),
    ({ enrichments = [] }) => enrichments.length === KINDS && enrichments.every(({ status }) => status !== 'PENDING'),
    seen,
  );
  const failed = page.enrichments.filter(({ status }) => status !== 'READY');
  if (failed.length > 0) throw new Error(`not made: ${JSON.stringify(failed)}`);
  const wallSeconds = (performance.now() - since) / 1000;
  const { runId } = await api.get(`/shootouts/${id}/run`);
  return {
    wallSeconds,
    renderSeconds,
    captures,
    stages,
    chainSeconds: chainSeconds(rendering.store, runId),
  };
}

const most = (id, value, rest) => ({ id, value: two(value), ok: value <= rest.must, ...rest });
const peakMb = (pid) => Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

function rowsOf({ one, two: pair, shared }, rssMb) {
  const of = (list, read) => list.map(read);
  const walls = of(pair, ({ wallSeconds, captures }) => wallSeconds / captures);
  const chains = pair.map(({ chainSeconds: ours }, i) => ours / one[i].chainSeconds);
  const reuse = pair.map(({ renderSeconds }, i) => shared[i].renderSeconds / renderSeconds);
  const outside = of(pair, ({ stages: { cpu, captures } }) => (cpu - captures) / cpu);
  const spread = (values) => values.map(two);
  return [
    most('shootout-30s-4', median(walls), {
      unit: 'wall / capture CPU',
      must: 1.3,
      spread: spread(walls),
      wallSeconds: spread(of(pair, (each) => each.wallSeconds)),
      captureCpuSeconds: spread(of(pair, (each) => each.captures)),
    }),
    most('workers-2-vs-1', median(chains), {
      unit: 'wall / wall',
      peer: 'one worker',
      must: 0.56,
      spread: spread(chains),
      chainSeconds: spread(of(pair, (each) => each.chainSeconds)),
      peerSeconds: spread(of(one, (each) => each.chainSeconds)),
    }),
    most('shared-stages', median(reuse), {
      unit: 'wall / wall',
      peer: 'first shootout',
      must: 0.5,
      spread: spread(reuse),
    }),
    most('share-outside-captures', median(outside), {
      unit: 'of CPU, stages 5 to 10',
      must: 0.3,
      spread: spread(outside),
    }),
    most('rss-mb', rssMb, { unit: 'MB', must: 250 }),
  ];
}

/** Two products take turns, one with one worker and one with two; in each, every round is new to the cache. */
export async function jobRows({ rounds }) {
  const products = { one: await startProduct(1), two: await startProduct(2) };
  try {
    const rooms = { one: await furnish(products.one), two: await furnish(products.two) };
    const found = { one: [], two: [], shared: [] };
    for (let round = 0; round < rounds; round++) {
      const play = async (name, chains, title) => {
        const other = products[name === 'one' ? 'two' : 'one'];
        other.pause();
        try {
          return await job(products[name], { di: rooms[name].di, chains, gainDb: two(0.1 * (round + 1)), title });
        } finally {
          other.go();
        }
      };
      found.two.push(await play('two', rooms.two.first, `Round ${round}`));
      found.one.push(await play('one', rooms.one.first, `Round ${round}`));
      found.shared.push(await play('two', rooms.two.second, `Round ${round}, other cabinets`));
    }
    return rowsOf(found, peakMb(products.two.rendering.pid));
  } finally {
    await Promise.all(Object.values(products).map((product) => product.stop()));
  }
}
