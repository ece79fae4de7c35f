import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { meterEngine } from '@gts/audio';
import type { Composed, Infrastructure } from '@gts/nest';
import { collectionsIn, repositories } from '@gts/persistence';
import { operatorAudit } from '@gts/messaging';
import { completeOp, type ParticipantDeps, type Publish } from '@gts/saga';
import { loadKernel, ownEngineId } from '@gts/nam';
import { artefactFiles } from './adapters/artefact-files';
import * as collections from './adapters/collections';
import { chainRenders, inspectionRows, renderJobs } from './adapters/collections';
import { type Ffmpeg, findFfmpeg } from './adapters/ffmpeg';
import { ffmpegAssembler } from './adapters/ffmpeg-assembler';
import { audioDecoder } from './adapters/ffmpeg-decoder';
import { ffmpegEncoder } from './adapters/ffmpeg-encoder';
import { housekeeping } from './adapters/housekeeping';
import { LocalSounds } from './adapters/local-sounds';
import { poolAmpEngine, poolLoudnessMeter, poolPictures, poolSoundProcessor } from './adapters/pool-engine';
import { admission, runningWork } from './adapters/running-work';
import { storeCache } from './adapters/store-cache';
import { storeQueue, storeUnits } from './adapters/store-queue';
import { inspectionEvents, toIntegrationEvents } from './adapters/to-integration-events';
import { type PoolOptions, WorkerPool } from './adapters/worker/pool';
import { type Application, createApplication } from './application';
import type { RenderJobs } from './application/ports';
import { ProgressBoard } from './application/progress-board';
import type { Config } from './config';
import { answer } from './domain/render-job';
import { subscriptions } from './entrypoints/subscriptions';

/** All that the service's store keeps. */
export const kept = collectionsIn(collections);

const JOBS_PER_TENANT = 2;
const INSPECTION_TIMEOUT_MS = 110_000;
type Infra = Infrastructure<Config>;

/** What a process needs of its machine, and what specs put in the place of the rest of it. */
export type Machine = Readonly<{
  ffmpeg: Ffmpeg;
  /** Bytes that may still be written to the disk of a folder. */
  free?: (folder: string) => number;
  threads?: Pick<PoolOptions, 'file' | 'stallMs'>;
}>;

/** @throws Error when ffmpeg is missing or does not start */
export const findMachine = async ({ FFMPEG_PATH, PATH }: Pick<Config, 'FFMPEG_PATH' | 'PATH'>): Promise<Machine> => ({
  ffmpeg: await findFfmpeg(FFMPEG_PATH, PATH),
});

export const compose = (infra: Infra, { ffmpeg, free, threads }: Machine): Composed<Application> => {
  const { config, clock } = infra;
  const tmp = resolve(config.TMP_DIR ?? join(config.GTS_DATA_DIR, 'tmp'), 'rendering');
  mkdirSync(tmp, { recursive: true });
  const workers = config.RENDER_WORKERS;
  const pools = poolsOf(infra, threads);
  const gate = admission(tmp, free);
  const running = runningWork(infra.broadcasts);
  const aggregates = repositoriesOf(infra);
  const local = new LocalSounds(resolve(config.GTS_DATA_DIR, 'cache', 'rendering'));
  const cache = storeCache({ store: infra.store, artefacts: infra.artefacts, local, now: () => clock.now() });
  const saga = participation(infra);
  const publish = publishThrough(aggregates.jobs);
  const application = createApplication({
    ...aggregates,
    ...enginesOf(infra, { tmp, ffmpeg, pools }),
    cache,
    queue: storeQueue(infra.store),
    units: storeUnits(infra.store),
    audit: operatorAudit({ store: infra.store, log: infra.logger, newId: () => infra.newId<'Audit'>() }),
    completeOp: (ctx, op, outcome) => completeOp(saga, publish)(ctx, op as never, outcome),
    running,
    admission: gate,
    board: new ProgressBoard({ progress: infra.progress, clock }),
    limits: { perTenant: JOBS_PER_TENANT, total: Math.max(JOBS_PER_TENANT, 2 * workers) },
    width: workers,
    dataSaver: config.DATA_SAVER === 'on',
    inspectionTimeoutMs: INSPECTION_TIMEOUT_MS,
    newId: infra.newId,
    now: () => clock.now(),
  });
  const chores = housekeeping({
    tmp,
    pools: Object.values(pools),
    gate,
    running,
    drainMs: config.WORK_DRAIN,
    artefacts: infra.artefacts,
    cache,
    clock,
  });
  return {
    application,
    subscriptions: subscriptions(application, { saga, publish, workers }),
    background: [chores],
    drainMs: config.WORK_DRAIN,
  };
};

/** A thread of its own for uploads: a new recording does not wait behind a render. */
function poolsOf({ config, clock, metrics }: Infra, threads: Machine['threads']) {
  const onCpu = (stage: string, seconds: number) =>
    metrics.count('rendering_stage_cpu_seconds_total', { stage }, seconds);
  const common = { clock, data: { kernel: loadKernel() }, onCpu, ...threads };
  return {
    render: new WorkerPool({ ...common, size: config.RENDER_WORKERS }),
    ingest: new WorkerPool({ ...common, size: 1, fleeting: true }),
  };
}

const participation = ({ store, encoder, probe }: Infra): ParticipantDeps => ({
  store,
  encoder,
  ...(probe && { probe }),
});

function repositoriesOf({ store, encoder }: Infra) {
  return {
    jobs: repositories({
      store,
      encoder,
      collection: renderJobs,
      aggregate: 'RenderJob',
      translate: toIntegrationEvents,
    }),
    chains: repositories({ store, encoder, collection: chainRenders, aggregate: 'ChainRender', translate: () => [] }),
    inspections: repositories({
      store,
      encoder,
      collection: inspectionRows,
      aggregate: 'Inspection',
      translate: inspectionEvents,
    }),
  };
}

/** The saga's answers take the next numbers of the job that they tell of. */
const publishThrough =
  (jobs: RenderJobs): Publish =>
  async ({ event, data }, ctx) =>
    jobs(ctx).update((data as { runId: string }).runId, answer(event, data));

type Machines = Readonly<{ tmp: string; ffmpeg: Ffmpeg; pools: { render: WorkerPool; ingest: WorkerPool } }>;

function enginesOf({ artefacts }: Infra, { tmp, ffmpeg, pools }: Machines) {
  const encoder = ffmpegEncoder({ ffmpeg, tmp });
  return {
    amp: poolAmpEngine(pools.render),
    sound: poolSoundProcessor(pools.render),
    meter: poolLoudnessMeter(pools.render),
    encoder,
    assembler: ffmpegAssembler({ ffmpeg, artefacts, tmp }),
    pictures: poolPictures(pools.render),
    decoder: audioDecoder({ ffmpeg, pool: pools.ingest, tmp }),
    files: artefactFiles(artefacts),
    engine: { amp: ownEngineId, audio: meterEngine(), encoder: encoder.id },
  };
}
