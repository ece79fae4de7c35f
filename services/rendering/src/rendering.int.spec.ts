import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CancelRenderJob,
  type DataOf,
  DIInspected,
  DIRejected,
  InspectDI,
  RenderJobCancelled,
  RenderJobCompleted,
  RenderJobFailed,
  RenderShootoutJob,
} from '@gts/contracts';
import { fileArtefacts } from '@gts/artefacts';
import { acceptIrWav, applyGain, convolve, frame, mulberry32, pcmBytes, prepare, prepareIr, readWav } from '@gts/audio';
import { compatEngineId, ownEngineId, parseNam, prepareOracle, renderOracle } from '@gts/nam';
import { clockOf, idFactory, type Id } from '@gts/kernel';
import { memoryBroadcasts } from '@gts/messaging';
import { anId, aWaveNet, namBytes, outboxDriver, testStores, wavFile, wideShape, wireEncoder } from '@gts/testing';
import { compose, findMachine } from './composition';
import { readConfig } from './config';

const demo = join(__dirname, '..', '..', '..', 'deploy', 'demo');
const demoDi = join(demo, 'di/open-chords.wav');
const clock = clockOf(() => new Date().getTime());

const stores = testStores('rendering');

async function start() {
  const dir = await mkdtemp(join(tmpdir(), 'gts-rendering-'));
  const store = await stores.fresh({ clock });
  const artefacts = fileArtefacts({ root: join(dir, 'artefacts'), context: 'rendering', clock });
  const progress: { runId: string; percent: number; stage: string }[] = [];
  const waiting: (() => void)[] = [];
  const env = { GTS_DATA_DIR: dir, INTERNAL_KEYS_FILE: '-', INTERNAL_SIGNING_KEY: '-', RENDER_WORKERS: '2' };
  const config = readConfig({ ...env, PATH: '/usr/bin:/bin' });
  const infra: Parameters<typeof compose>[0] = {
    config,
    service: 'rendering',
    clock,
    newId: idFactory(() => clock.epochMs()),
    store,
    encoder: wireEncoder(),
    rpc: { call: () => Promise.reject(new Error('no calls')) },
    progress: {
      report: (_def, _id, data) => {
        progress.push(data as never);
        for (const wake of waiting.splice(0)) wake();
      },
    },
    broadcasts: memoryBroadcasts(),
    artefacts,
    logger: undefined as never,
    metrics: { count: () => undefined, gauge: () => undefined, observe: () => undefined },
    observeSaga: () => undefined,
  };
  const composed = compose(infra, await findMachine(config));
  for (const each of composed.background ?? []) await each.start();
  const driver = outboxDriver({ store, subscriptions: () => composed.subscriptions });
  const put = async (file: string, mediaType: string) => ({
    ...(await artefacts.put(await readFile(join(demo, file)))),
    mediaType,
  });
  /** Looks again at every progress message. */
  const until = async (met: () => boolean): Promise<void> => {
    while (!met()) await new Promise<void>((resolve) => void waiting.push(resolve));
  };
  const stop = async () => {
    for (const each of composed.background ?? []) await each.stop();
    await store.close();
    await stores.drop();
    await rm(dir, { recursive: true, force: true });
  };
  return { dir, store, artefacts, composed, driver, put, progress, until, stop };
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

async function inspect(n: number, bytes: Uint8Array, mediaType: string): Promise<void> {
  const whole = { ...(await on.artefacts.put(bytes)), mediaType };
  on.driver.send(InspectDI, { diTrackId: diTrackId(n), whole });
  await on.driver.idle();
}

test('a file that is none is rejected with its code', async () => {
  await inspect(2, Buffer.from('#EXTM3U\nhttp://example.org/x.mp3\n'), 'audio/mpeg');
  expect(on.driver.ofType(DIRejected).map(({ data }) => data)).toMatchObject([{ code: 'di.container_forbidden' }]);
});

async function job(run: number): Promise<DataOf<typeof RenderShootoutJob>> {
  const [inspected] = on.driver.ofType(DIInspected);
  if (!inspected) throw new Error('inspect first');
  const { audio, frames } = inspected.data as DataOf<typeof DIInspected>;
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

type Completed = DataOf<typeof RenderJobCompleted>;
const completed = (): readonly Completed[] => on.driver.ofType(RenderJobCompleted).map(({ data }) => data as Completed);
const pathOf = (sha256: string) => join(on.dir, 'artefacts', sha256.slice(0, 2), sha256.slice(2, 4), sha256);

/** What ffmpeg's own meter says: another implementation than ours, told to count mono as two equal channels. */
function ebur128(sha256: string) {
  const filter = 'ebur128=peak=true:dualmono=true';
  const args = ['-nostdin', '-hide_banner', '-f', 'flac', '-i', pathOf(sha256), '-af', filter, '-f', 'null', '-'];
  const { stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8' });
  const summary = stderr.slice(stderr.lastIndexOf('Summary:'));
  const read = (pattern: RegExp) => Number(pattern.exec(summary)?.[1]);
  return { integrated: read(/I:\s+(-?[\d.]+) LUFS/), truePeak: read(/Peak:\s+(-?[\d.]+) dBFS/) };
}

function expectLevel(job: Completed | undefined): void {
  const levels = (job?.tones ?? []).map(({ media }) => ebur128(media.listen.sha256));
  const loudness = levels.map(({ integrated }) => integrated);
  for (const integrated of loudness)
    expect(Math.abs(integrated - (job?.levelling.targetLufs ?? 0))).toBeLessThanOrEqual(0.1);
  expect(Math.max(...loudness) - Math.min(...loudness)).toBeLessThanOrEqual(0.1 + Number.EPSILON * 64);
  expect(Math.max(...levels.map(({ truePeak }) => truePeak))).toBeLessThanOrEqual(-0.9);
  expect(new Set(job?.tones.map(({ frames }) => frames)).size).toBe(1);
  expect(new Set(job?.tones.map(({ media }) => media.listen.bytes)).size).toBe(1);
}

test('every listening file has the common loudness by an independent meter, and no true peak above -0.9', () => {
  const [job] = completed();
  expect(job?.tones).toHaveLength(2);
  expectLevel(job);
});

/** The chain by the definition: float64 oracle, direct library calls, no service. */
async function definitionOf(frames: number, gainDb: number): Promise<Float32Array> {
  const [di = new Float32Array()] = readWav(await readFile(join(demo, 'di/palm-muted-riff.wav'))).channels;
  const { samples } = prepare(di.subarray(0, 96_000));
  const amp = prepareOracle(parseNam(await readFile(join(demo, 'captures/clean-daybreak-22.nam'))));
  const ir = acceptIrWav(await readFile(join(demo, 'irs/1x12-open-back.wav'))).samples;
  return applyGain(frame(convolve(renderOracle(amp, samples), prepareIr(ir)), frames), gainDb);
}

/** dB of the error's power relative to the reference's. */
function relativeError(pcm: Buffer, wanted: Float32Array): number {
  let [error, power] = [0, 0];
  for (const [i, r] of wanted.entries()) {
    error += (pcm.readInt32LE(4 * i) / 2 ** 31 - r) ** 2;
    power += r * r;
  }
  return 10 * Math.log10(error / power);
}

test('the 24-bit download is the float64 definition within -110 dB', async () => {
  const [tone] = completed().flatMap(({ tones }) => tones);
  if (!tone) throw new Error('render first');
  const args = ['-v', 'error', '-f', 'flac', '-i', pathOf(tone.media.download.sha256), '-f', 's32le', '-'];
  const pcm = spawnSync('ffmpeg', args, { maxBuffer: 1e8 }).stdout;
  const wanted = await definitionOf(tone.frames, tone.gainDb);
  expect(pcm.length / 4).toBe(wanted.length);
  expect(relativeError(pcm, wanted)).toBeLessThanOrEqual(-110);
});

test.each([
  ['flac', 'audio/flac', 'flac'],
  ['aiff', 'audio/aiff', 'pcm_s16be'],
  ['ogg', 'audio/ogg', 'vorbis'],
  ['mp3', 'audio/mpeg', 'mp3'],
])('an upload in %s is read through ffmpeg', async (container, mediaType, codec) => {
  const file = join(on.dir, `take.${container}`);
  // What a file says of its pieces of art is not our concern, however long it is.
  const art = ['-metadata', `title=${'x'.repeat(120_000)}`];
  spawnSync('ffmpeg', ['-v', 'error', '-i', demoDi, '-ar', '44100', '-t', '2', ...art, '-y', file]);
  await inspect(20, await readFile(file), mediaType);
  const last = on.driver.ofType(DIInspected).at(-1)?.data as DataOf<typeof DIInspected>;
  expect(last.sourceFormat).toMatchObject({ container, codec, sampleRate: 44_100, channels: 1 });
  // Lossy codecs pad with their own delay.
  expect(Math.abs(last.frames - 96_000)).toBeLessThan(4000);
});

test('a cancel stops a running render at once, answers, and leaves nothing running', async () => {
  const { excerpt: _, ...whole } = await job(3);
  const bytes = namBytes({ ...aWaveNet(1, wideShape), sample_rate: 48_000 });
  const slow = { ...(await on.artefacts.put(bytes)), mediaType: 'application/json' };
  const tones = whole.tones.map((tone) => ({
    ...tone,
    blocks: [{ kind: 'capture' as const, role: 'full_rig' as const, file: slow }],
  }));
  on.driver.send(RenderShootoutJob, { ...whole, tones }, { saga: saga(3) });
  await on.until(() => on.progress.some(({ runId, stage }) => runId === whole.runId && stage === 'amp'));
  const before = clock.epochMs();
  on.driver.send(CancelRenderJob, { runId: whole.runId }, { saga: saga(3, 2) });
  await on.driver.idle();
  expect(clock.epochMs() - before).toBeLessThan(500);
  expect(on.driver.ofType(RenderJobCancelled).map(({ data }) => data)).toEqual([{ runId: whole.runId }]);
  expect(completed().filter(({ runId }) => runId === whole.runId)).toEqual([]);
});

test('a set of an exact and an approximate engine says so, and names the engine of each tone', async () => {
  const asked = await job(5);
  const [array] = wideShape;
  const foreign = { ...array, channels: 4, dilations: [1, 2], kernelSizes: 3, outputs: 1, activation: 'Sigmoid' };
  const bytes = namBytes({ ...aWaveNet(1, [foreign]), sample_rate: 48_000 });
  const file = { ...(await on.artefacts.put(bytes)), mediaType: 'application/json' };
  const [tone, other] = asked.tones;
  if (!tone || !other) throw new Error('a job has tones');
  const tones = [tone, { ...other, blocks: [{ kind: 'capture' as const, role: 'full_rig' as const, file }] }];
  on.driver.send(RenderShootoutJob, { ...asked, tones }, { saga: saga(5) });
  await on.driver.idle();
  const done = completed().find(({ runId }) => runId === asked.runId);
  expect(done?.tones).toMatchObject([{ tanh: 'exact' }, { tanh: 'fast', engine: compatEngineId() }]);
  expect(done?.engine.amp).toBe(`${compatEngineId()}+${ownEngineId}`);
  expect(done?.warnings).toContainEqual({ code: 'set.mixed_engine' });
});

test('a peaky tone lowers the whole set and is named', async () => {
  const asked = await job(6);
  const clicks = Float32Array.from({ length: 96_000 }, (_, i) => (i % 12_000 === 0 ? 0.5 : 0));
  const draw = mulberry32(3);
  const smear = Float32Array.from({ length: 9600 }, (_, i) => 0.2 * (draw() - 0.5) * Math.exp(-i / 3000));
  const put = async (bytes: Uint8Array, mediaType: string) => ({ ...(await on.artefacts.put(bytes)), mediaType });
  const irs = [smear, Float32Array.of(1)].map((samples) => wavFile({ channels: [samples], float: true }));
  const tones = await Promise.all(
    asked.tones.map(async (tone, i) => {
      const file = await put(irs[i] ?? new Uint8Array(), 'audio/wav');
      return { ...tone, blocks: [{ kind: 'ir' as const, role: 'ir' as const, file }] };
    }),
  );
  const di = { audio: await put(pcmBytes(clicks), 'audio/x-f32le'), frames: clicks.length };
  on.driver.send(RenderShootoutJob, { ...asked, di, tones }, { saga: saga(6) });
  await on.driver.idle();
  const found = completed().find(({ runId }) => runId === asked.runId);
  expect(found?.levelling.limitedBy).toBe(tones[1]?.toneId);
  expect(found?.levelling.targetLufs).toBeLessThan(-20);
  for (const { media, integratedLufs } of found?.tones ?? []) {
    expect(Math.abs(integratedLufs - (found?.levelling.targetLufs ?? 0))).toBeLessThanOrEqual(0.05);
    expect(ebur128(media.listen.sha256).truePeak).toBeLessThanOrEqual(-0.9);
  }
  expect(found?.warnings.map(({ code }) => code)).toContain('level.low_target');
});

test('a capture that is none refuses its tone with code and block, and the job with every reason', async () => {
  const asked = await job(4);
  const bad = { ...(await on.artefacts.put(Buffer.from('{"version":"0.5.4"}'))), mediaType: 'application/json' };
  const gone = { sha256: 'f'.repeat(64), bytes: 1, mediaType: 'audio/wav' };
  const tones = asked.tones.map((tone, i) => ({
    ...tone,
    blocks:
      i === 0
        ? [{ kind: 'capture' as const, role: 'full_rig' as const, file: bad }]
        : [{ kind: 'ir' as const, role: 'ir' as const, file: gone }],
  }));
  on.driver.send(RenderShootoutJob, { ...asked, tones }, { saga: saga(4) });
  await on.driver.idle();
  const [failed] = on.driver.ofType(RenderJobFailed).map(({ data }) => data as DataOf<typeof RenderJobFailed>);
  expect(failed).toMatchObject({ runId: asked.runId, retryable: false, errors: [{ blockIndex: 0 }] });
  expect(['nam.schema', 'input.missing']).toContain(failed?.code);
});
