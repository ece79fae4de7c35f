import { acceptJob, refusedJob } from './application/accept-job';
import { cancelByOperator } from './application/cancel-by-operator';
import { cancelJob } from './application/cancel-job';
import { type EndDeps, leave, settle } from './application/end-job';
import { enrichRender } from './application/enrich-render';
import { makers } from './application/enrichments';
import { finishRender, type EngineIds } from './application/finish-render';
import { finishTones } from './application/finish-tones';
import { getRenderJob } from './application/get-render-job';
import { inspectDi } from './application/inspect-di';
import { listRenderJobs } from './application/list-render-jobs';
import { playChain } from './application/play-chain';
import type {
  Admission,
  AmpEngine,
  Audit,
  AudioDecoder,
  ChainRenders,
  CompleteOp,
  Encoder,
  Files,
  Inspections,
  LoudnessMeter,
  MontageAssembler,
  PictureRenderer,
  RenderCache,
  RenderJobs,
  RenderQueue,
  RunningWork,
  SoundProcessor,
  Units,
} from './application/ports';
import { prepareRender } from './application/prepare-render';
import type { ProgressBoard } from './application/progress-board';
import { renderChain } from './application/render-chain';
import { showRenderJob } from './application/show-render-job';
import { startWaiting } from './application/start-waiting';
import type { NewId } from '@gts/kernel';
import type { Limits } from './domain/queue';

export type Dependencies = Readonly<{
  jobs: RenderJobs;
  chains: ChainRenders;
  inspections: Inspections;
  queue: RenderQueue;
  units: Units;
  audit: Audit;
  completeOp: CompleteOp;
  running: RunningWork;
  admission: Admission;
  board: ProgressBoard;
  amp: AmpEngine;
  sound: SoundProcessor;
  meter: LoudnessMeter;
  encoder: Encoder;
  assembler: MontageAssembler;
  pictures: PictureRenderer;
  decoder: AudioDecoder;
  files: Files;
  cache: RenderCache;
  engine: EngineIds;
  limits: Limits;
  /** Tones of a set levelled and encoded at once. */
  width: number;
  dataSaver: boolean;
  inspectionTimeoutMs: number;
  newId: NewId;
  now: () => string;
}>;

/** All that this service does. */
export function createApplication(deps: Dependencies) {
  const starting = startWaiting(deps);
  const ending: EndDeps = { ...deps, startWaiting: starting };
  const work = { ...deps, settle: settle(ending) };
  return {
    saga: {
      acceptJob: acceptJob({ ...deps, startWaiting: starting }),
      refusedJob,
      cancelJob: cancelJob({ ...deps, leave: leave(ending) }),
    },
    work: {
      prepareRender: prepareRender(work),
      renderChain: renderChain({ ...work, play: playChain(deps) }),
      finishRender: finishRender({ ...work, finish: finishTones(deps) }),
      enrichRender: enrichRender({ ...work, makers: makers(deps) }),
    },
    ingest: { inspectDi: inspectDi({ ...deps, timeoutMs: deps.inspectionTimeoutMs }) },
    operating: { cancelByOperator: cancelByOperator(work), showRenderJob: showRenderJob(deps) },
    queries: { getRenderJob: getRenderJob(deps), listRenderJobs: listRenderJobs(deps) },
  };
}
export type Application = ReturnType<typeof createApplication>;
