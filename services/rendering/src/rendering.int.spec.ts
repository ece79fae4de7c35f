import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CancelRenderJob,
  DIInspected,
  DIRejected,
  InspectDI,
  RenderJobCompleted,
  RenderShootoutJob,
} from '@gts/contracts';
import type { DataOf } from '@gts/contracts';
import { fileArtefacts } from '@gts/artefacts';
import { clockOf, idFactory, type Id } from '@gts/kernel';
import { memoryStore } from '@gts/persistence';
import { aContext, anId, outboxDriver, wireEncoder } from '@gts/testing';
import { compose } from './composition';
import { readConfig } from './config';

const demo = join(__dirname, '..', '..', '..', 'deploy', 'demo');
const clock = clockOf(() => new Date().getTime());

async function start() {
  const dir = await mkdtemp(join(tmpdir(), 'gts-rendering-'));
  const store = memoryStore({ clock });
  const artefacts = fileArtefacts({ root: join(dir, 'artefacts'), context: 'rendering', clock });
  const progress: { percent: number; stage: string }[] = [];
  const env = { GTS_DATA_DIR: dir, INTERNAL_KEYS_FILE: '-', INTERNAL_SIGNING_KEY: '-', RENDER_WORKERS: '2' };
  const composed = compose({
    config: readConfig({ ...env, PATH: '/usr/bin:/bin' }),
    service: 'rendering',
    clock,
    newId: idFactory(() => clock.epochMs()),
    store,
    encoder: wireEncoder(),
    rpc: { call: () => Promise.reject(new Error('no calls')) },
    progress: { report: (_def, _id, data) => void progress.push(data as never) },
    artefacts,
    logger: undefined as never,
  });
  for (const each of composed.background ?? []) await each.start();
  const driver = outboxDriver({ store, subscriptions: () => composed.subscriptions });
  const put = async (file: string, mediaType: string) => ({
    ...(await artefacts.put(await readFile(join(demo, file)))),
    mediaType,
  });
  const stop = async () => {
    for (const each of composed.background ?? []) await each.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { dir, store, artefacts, composed, driver, put, progress, stop };
}

let on: Awaited<ReturnType<typeof start>>;
beforeAll(async () => void (on = await start()));
afterAll(() => on.stop());

const diTrackId = (n: number) => anId<'DITrack'>(n);

test('a recording is inspected: canonical audio, playback, waveform, levels', async () => {
  const whole = await on.put('di/palm-muted-riff.wav', 'audio/wav');
  on.driver.send(InspectDI, { diTrackId: diTrackId(1), whole });
  await on.driver.idle();
  const [sent] = on.driver.ofType(DIInspected);
  expect(sent?.data).toMatchObject({ frames: 499_200, channel: 'left', warnings: [], sourceFormat: { bits: 24 } });
});

test('a file that is none is rejected with its code', async () => {
  const stored = await on.artefacts.put(Buffer.from('#EXTM3U\nhttp://example.org/x.mp3\n'));
  on.driver.send(InspectDI, { diTrackId: diTrackId(2), whole: { ...stored, mediaType: 'audio/mpeg' } });
  await on.driver.idle();
  expect(on.driver.ofType(DIRejected).map(({ data }) => data)).toMatchObject([{ code: 'di.container_forbidden' }]);
});

async function job(run: number): Promise<DataOf<typeof RenderShootoutJob>> {
  const [inspected] = on.driver.ofType(DIInspected);
  const { audio, frames } = inspected?.data as DataOf<typeof DIInspected>;
  const amp = await on.put('captures/clean-daybreak-22.nam', 'application/json');
  const cabs = [
    await on.put('irs/1x12-open-back.wav', 'audio/wav'),
    await on.put('irs/4x12-dynamic-on-axis.wav', 'audio/wav'),
  ];
  return {
    runId: anId<'Run'>(run),
    shootoutId: anId<'Shootout'>(1),
    renderVersion: 1,
    mode: 'render',
    di: { audio, frames },
    excerpt: { startMs: 0, endMs: 2000 },
    inputGainDb: 0,
    tones: cabs.map((file, i) => ({
      toneId: anId<'ToneSelection'>(10 + i),
      label: `tone ${i}`,
      blocks: [
        { kind: 'capture', role: 'amp', file: amp },
        { kind: 'ir', role: 'ir', file },
      ],
    })),
  };
}
const saga = (n: number, epoch = 1) => ({
  id: anId<'Saga'>(n) as Id<'Saga'>,
  type: 'render-shootout',
  step: 'render',
  epoch,
});

test('two chains are rendered, levelled and encoded; the same job again renders nothing', async () => {
  on.driver.send(RenderShootoutJob, await job(1), { saga: saga(1) });
  await on.driver.idle();
  on.driver.send(RenderShootoutJob, await job(2), { saga: saga(2) });
  await on.driver.idle();
  const [first, second] = on.driver
    .ofType(RenderJobCompleted)
    .map(({ data }) => data as DataOf<typeof RenderJobCompleted>);
  expect(first).toMatchObject({ rendered: 2, reused: 0 });
  expect(second).toMatchObject({ rendered: 0, reused: 2, tones: first?.tones, levelling: first?.levelling });
  const percents = on.progress.map(({ percent }) => percent);
  expect(
    percents.every((each, i) => i === 0 || percents[i - 1] === 100 || each >= (percents[i - 1] ?? 0) || each < 6),
  ).toBe(true);
  expect(await readdir(join(on.dir, 'tmp', 'rendering'))).toEqual([]);
});
