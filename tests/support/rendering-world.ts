import {
  type DataOf,
  RenderJobCompleted,
  RenderJobFailed,
  type RenderProgress,
  RenderShootoutJob,
} from '@gts/contracts';
import { artefactShelf, memoryArtefacts } from '@gts/artefacts';
import { audioRefusal, pcmBytes, SAMPLE_RATE } from '@gts/audio';
import type { Context, TenantId } from '@gts/kernel';
import { memoryBroadcasts } from '@gts/messaging';
import { memoryStore, repositories } from '@gts/persistence';
import { completeOp, type Publish } from '@gts/saga';
import { anId, countingIds, manualClock, outboxDriver, wireEncoder } from '@gts/testing';
import { artefactFiles } from '../../services/rendering/src/adapters/artefact-files';
import { chainRenders, inspectionRows, renderJobs } from '../../services/rendering/src/adapters/collections';
import { memoryCache } from '../../services/rendering/src/adapters/memory-cache';
import { memorySound, pcmWithHash } from '../../services/rendering/src/adapters/memory-sound';
import { runningWork } from '../../services/rendering/src/adapters/running-work';
import { storeQueue, storeUnits } from '../../services/rendering/src/adapters/store-queue';
import { inspectionEvents, toIntegrationEvents } from '../../services/rendering/src/adapters/to-integration-events';
import { createApplication, type Dependencies } from '../../services/rendering/src/application';
import type {
  Encoder,
  Files,
  LoudnessMeter,
  MontageAssembler,
  MontageFile,
} from '../../services/rendering/src/application/ports';
import { ProgressBoard } from '../../services/rendering/src/application/progress-board';
import { answer } from '../../services/rendering/src/domain/render-job';
import { subscriptions } from '../../services/rendering/src/entrypoints/subscriptions';

/** As much of the format as padding looks at; the frames, at the end, are the PCM itself. */
const HEAD = Buffer.concat([Buffer.from('fLaC'), Uint8Array.of(0x80, 0, 0, 34), new Uint8Array(34)]);
/** Mean squares of a second of that loudness. */
const steady = (lufs: number) => Array.from({ length: 10 }, () => 10 ** ((lufs + 0.691) / 10) / 2);
const measures = { integrated: -20, truePeak: -6, samplePeak: -6.1 };

type Fault = Error | undefined;
type Faults = {
  /** Held while a chain plays. */
  playing?: () => Promise<void> | void;
  amp?: (attempt: number, capture: string) => Error | undefined;
  measured?: (count: number) => Fault | Promise<Fault>;
  encoded?: { integrated: number };
  montage?: (attempt: number) => Fault | Promise<Fault>;
  video?: (attempt: number) => Error | undefined;
};

/** Says what it was given instead of encoding it. */
function fakeAssembler(files: Files, { montage, video }: Faults): MontageAssembler {
  let [montages, videos] = [0, 0];
  const written: number[] = [];
  const file: MontageFile = {
    write: async (parts) => {
      written.length = 0;
      for await (const { start } of parts) written.push(start);
    },
    flac: async () => {
      const fault = await montage?.(++montages);
      if (fault) throw fault;
      return files.put(Buffer.from(`montage of ${written.toSorted((a, b) => a - b).join()}`), 'audio/flac');
    },
    show: async () => undefined,
    track: async () => undefined,
    film: async () => undefined,
    video: async (chapters) => {
      const fault = video?.(++videos);
      if (fault) throw fault;
      return files.put(Buffer.from(`video of ${JSON.stringify(chapters)}`), 'video/mp4');
    },
  };
  return { id: 'assembler', using: (work) => work(file) };
}

function aMeter(faults: Faults): LoudnessMeter {
  let measured = 0;
  return {
    measure: async () => {
      const fault = await faults.measured?.(++measured);
      if (fault) throw fault;
      return { ...measures, powers: steady(measures.integrated) };
    },
    verify: async () => ({ ...measures, integrated: -15, truePeak: -1, ...faults.encoded, frames: SAMPLE_RATE }),
  };
}

/** What computes and encodes, without doing it. */
function machines(faults: Faults, files: Files) {
  let attempts = 0;
  const flac: Encoder = {
    id: 'fake',
    encode: async (sounds) => sounds.map(({ pcm }) => Buffer.concat([HEAD, pcm])),
  };
  return {
    amp: {
      id: 'amp',
      choose: async () => ({ engine: 'amp', tanh: 'exact', divisible: true, resampled: false }),
      render: async ({ file }, x) => {
        await faults.playing?.();
        const fault = faults.amp?.(++attempts, String(file));
        if (fault) throw fault;
        // Each capture has a sound of its own.
        return pcmWithHash(x.map((v) => v + (file.at(-1) ?? 0)));
      },
    },
    sound: memorySound,
    meter: aMeter(faults),
    encoder: flac,
    assembler: fakeAssembler(files, faults),
    pictures: {
      id: 'pictures',
      timeline: async () => new Int8Array(),
      pieces: async (_, indexes) => indexes.map(() => Buffer.from('png')),
      share: async () => Buffer.from('share'),
    },
    decoder: { inspect: async () => Promise.reject(audioRefusal('wav.silent', 'the chosen channel is silent')) },
  } satisfies Partial<Dependencies>;
}

type Report = DataOf<typeof RenderProgress>;
/** The whole service over memory adapters, its machines played by the spec. */
export function startRendering(faults: Faults = {}) {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const encoder = wireEncoder();
  const files = artefactFiles(memoryArtefacts({ context: 'rendering', clock, shelf: artefactShelf() }));
  const common = { store, encoder };
  const jobs = repositories({
    ...common,
    collection: renderJobs,
    aggregate: 'RenderJob',
    translate: toIntegrationEvents,
  });
  const publish: Publish = async ({ event, data }, ctx) =>
    jobs(ctx).update((data as { runId: string }).runId, answer(event, data));
  const cache = memoryCache();
  const reports: Report[] = [];
  const audited: unknown[] = [];
  const app = createApplication({
    jobs,
    chains: repositories({ ...common, collection: chainRenders, aggregate: 'ChainRender', translate: () => [] }),
    inspections: repositories({
      ...common,
      collection: inspectionRows,
      aggregate: 'Inspection',
      translate: inspectionEvents,
    }),
    queue: storeQueue(store),
    units: storeUnits(store),
    audit: async (_ctx, done) => void audited.push(done),
    completeOp: (ctx, op, outcome) => completeOp(common, publish)(ctx, op as never, outcome),
    running: runningWork(memoryBroadcasts()),
    admission: { draining: false, check: () => undefined },
    board: new ProgressBoard({ progress: { report: (_def, _key, data) => void reports.push(data as Report) }, clock }),
    ...machines(faults, files),
    files,
    cache,
    engine: { amp: 'amp', audio: 'sound', encoder: 'fake' },
    limits: { perTenant: 2, total: 4 },
    width: 2,
    dataSaver: false,
    inspectionTimeoutMs: 1000,
    newId: countingIds(),
    now: () => clock.now(),
  });
  const driver = outboxDriver({
    store,
    subscriptions: () => subscriptions(app, { saga: common, publish, workers: 2 }),
  });
  return { app, driver, files, cache, reports, audited };
}
export type World = ReturnType<typeof startRendering>;
type Asked = DataOf<typeof RenderShootoutJob>;

export async function asked(world: World, run: number): Promise<Asked> {
  const samples = Float32Array.from({ length: SAMPLE_RATE }, (_, i) => Math.sin(i / 10));
  const audio = await world.files.put(pcmBytes(samples), 'audio/x-f32le');
  const amps = [await world.files.put(Buffer.from('amp a'), 'x'), await world.files.put(Buffer.from('amp b'), 'x')];
  return {
    runId: anId<'Run'>(run),
    shootoutId: anId<'Shootout'>(1),
    renderVersion: 1,
    mode: 'render',
    di: { audio, frames: samples.length },
    inputGainDb: 0,
    tones: amps.map((file, i) => ({
      toneId: anId<'ToneSelection'>(10 + i),
      label: `tone ${i}`,
      blocks: [{ kind: 'capture', role: 'full_rig', file }],
    })),
  };
}
export const saga = (n: number, epoch = 1) => ({ id: anId<'Saga'>(n), type: 'render-shootout', step: 'render', epoch });
export const tenant = (n: number): Partial<Context> => ({ tenantId: anId<'Tenant'>(n) as TenantId });
export const completed = ({ driver }: World) =>
  driver.ofType(RenderJobCompleted).map(({ data }) => data as DataOf<typeof RenderJobCompleted>);
export const failed = ({ driver }: World) =>
  driver.ofType(RenderJobFailed).map(({ data }) => data as DataOf<typeof RenderJobFailed>);

export async function render(world: World, run = 1): Promise<Asked> {
  const job = await asked(world, run);
  world.driver.send(RenderShootoutJob, job, { saga: saga(run) });
  await world.driver.idle();
  return job;
}
