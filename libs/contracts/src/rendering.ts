import { z } from 'zod';
import { context } from './define';
import {
  chapters,
  diLevels,
  enrichmentKind,
  excerpt,
  levelling,
  renderEngine,
  renderError,
  renderInput,
  renderStage,
  renderTone,
  renderWarning,
  renderedTone,
  sourceFormat,
} from './rendering-schemas';
import { example } from './rendering-examples';
import { artefactRef, failure, id, instant, openEnum, pageOf, paging } from './schemas';

export const rendering = context('rendering');

const runId = id('Run');
const shootoutId = id('Shootout');
const toneId = id('ToneSelection');
const diTrackId = id('DITrack');
const channel = z.enum(['left', 'right', 'mix']);
const RENDER_JOB = 'RenderJob';
const INSPECTION = 'Inspection';

export const RenderShootoutJob = rendering.command('RenderShootout', {
  mode: 'saga',
  version: 1,
  summary: 'Renders every tone of one run; answered by RenderJobCompleted or RenderJobFailed.',
  data: z.strictObject({
    runId,
    shootoutId,
    renderVersion: z.int().min(1),
    mode: z.enum(['render', 'verify']),
    /** Canonical DI: raw little-endian float32, mono, 48 kHz, as DIInspected.audio names it. */
    di: z.strictObject({ audio: artefactRef, frames: z.int().min(1) }),
    excerpt: excerpt.optional(),
    inputGainDb: z.number().min(-24).max(24),
    montageWindowMs: z.int().min(3000).max(10_000).optional(),
    /** What pictures of the set are headed with. */
    title: z.string().max(255).optional(),
    tones: z.array(renderTone).min(2).max(16),
  }),
  example: example.renderShootout,
});

export const CancelRenderJob = rendering.command('CancelRender', {
  mode: 'saga',
  version: 1,
  summary: 'Undoes RenderShootout; answered by RenderJobCancelled, also for a run nobody knows.',
  data: z.strictObject({ runId }),
  example: { runId: example.runId },
});

export const InspectDI = rendering.command('InspectDI', {
  mode: 'saga',
  version: 1,
  summary: 'Decodes an uploaded recording; answered by DIInspected or DIRejected.',
  data: z.strictObject({
    diTrackId,
    /** The uploaded file; its media type is what the person claimed. */
    whole: artefactRef,
    /** Absent: left, with the warning wav.stereo_left where the channels differ. */
    channel: channel.optional(),
  }),
  example: { diTrackId: example.diTrackId, whole: example.wav, channel: 'left' },
});

const ownItem = { runId, epoch: z.int().min(0) };
export const PrepareRender = rendering.command('PrepareRender', {
  mode: 'saga',
  version: 1,
  summary: 'Own work item: cuts, gains and pads the DI, then fans out over the tones.',
  data: z.strictObject(ownItem),
  example: { runId: example.runId, epoch: 4 },
});

export const RenderChain = rendering.command('RenderChain', {
  mode: 'saga',
  version: 1,
  summary: 'Own work item: plays the prepared DI through the blocks of one tone.',
  data: z.strictObject({ ...ownItem, toneId, chainRenderId: id('ChainRender') }),
  example: { runId: example.runId, epoch: 4, toneId: example.toneId, chainRenderId: example.chainRenderId },
});

export const FinishRender = rendering.command('FinishRender', {
  mode: 'saga',
  version: 1,
  summary: 'Own work item: frames, levels, encodes and verifies the whole set.',
  data: z.strictObject(ownItem),
  example: { runId: example.runId, epoch: 4 },
});

export const EnrichRender = rendering.command('EnrichRender', {
  mode: 'saga',
  version: 1,
  summary: 'Makes montage, video or picture of a finished run: own work item, or asked for again after a failure.',
  data: z.strictObject({ runId, kinds: z.array(enrichmentKind).min(1).max(3) }),
  example: { runId: example.runId, kinds: ['montage'] },
});

export const RenderJobStarted = rendering.event('RenderJobStarted', {
  aggregate: RENDER_JOB,
  version: 1,
  summary: 'A run left the queue.',
  data: z.strictObject({ runId, shootoutId }),
  example: { runId: example.runId, shootoutId: example.shootoutId },
});

export const ChainRendered = rendering.event('ChainRendered', {
  aggregate: RENDER_JOB,
  version: 1,
  summary: 'One tone has its sound; cached: nothing was computed for it.',
  data: z.strictObject({ runId, toneId, cached: z.boolean() }),
  example: { runId: example.runId, toneId: example.toneId, cached: false },
});

export const ChainRenderRefused = rendering.event('ChainRenderRefused', {
  aggregate: RENDER_JOB,
  version: 1,
  summary: 'One tone cannot be rendered; trying again would not help.',
  data: z.strictObject({
    runId,
    toneId,
    blockIndex: z.int().min(0).optional(),
    code: z.string().max(100),
    detail: z.string().max(500).optional(),
  }),
  example: { runId: example.runId, toneId: example.toneId, blockIndex: 1, code: 'render.silent' },
});

export const RenderJobCompleted = rendering.event('RenderJobCompleted', {
  aggregate: RENDER_JOB,
  version: 1,
  summary: 'Every tone is levelled, encoded, verified and stored.',
  data: z.strictObject({
    runId,
    shootoutId,
    tones: z.array(renderedTone).min(2).max(16),
    levelling,
    warnings: z.array(renderWarning).max(100),
    engine: renderEngine,
    inputs: z.array(renderInput).max(200),
    /** Tones whose chain was computed for this run, and tones taken whole from the stage cache. */
    rendered: z.int().min(0),
    reused: z.int().min(0),
  }),
  example: example.completed,
});

export const RenderJobEnriched = rendering.event('RenderJobEnriched', {
  aggregate: RENDER_JOB,
  version: 1,
  summary: 'Montage, video or picture of a finished run is stored.',
  data: z.strictObject({
    runId,
    kind: enrichmentKind,
    ref: artefactRef,
    /** Of montage and video: the pieces in order. */
    chapters: chapters.optional(),
    /** Of the montage: the same as lines of text. */
    chaptersFile: artefactRef.optional(),
  }),
  example: example.enriched,
});

export const RenderEnrichmentFailed = rendering.event('EnrichmentFailed', {
  aggregate: RENDER_JOB,
  version: 1,
  summary: 'Montage, video or picture could not be made; the run stays complete.',
  data: z.strictObject({
    runId,
    kind: enrichmentKind,
    code: z.string().max(100),
    detail: z.string().max(500).optional(),
  }),
  example: { runId: example.runId, kind: 'video', code: 'encoder.timeout' },
});

export const RenderJobFailed = rendering.event('RenderJobFailed', {
  aggregate: RENDER_JOB,
  version: 1,
  summary: 'The run ended without sound; every reason is listed.',
  data: z.strictObject({ runId, shootoutId, ...failure, errors: z.array(renderError).max(100) }),
  example: {
    runId: example.runId,
    shootoutId: example.shootoutId,
    code: 'nam.diverges',
    retryable: false,
    errors: [{ code: 'nam.diverges', toneId: example.toneId, blockIndex: 0 }],
  },
});

export const RenderJobCancelled = rendering.event('RenderJobCancelled', {
  aggregate: RENDER_JOB,
  version: 1,
  summary: 'The run is undone: nothing runs for it and its outputs are let go.',
  data: z.strictObject({ runId }),
  example: { runId: example.runId },
});

export const DIInspected = rendering.event('DIInspected', {
  aggregate: INSPECTION,
  version: 1,
  summary: 'An uploaded recording is usable.',
  data: z.strictObject({
    diTrackId,
    audio: artefactRef,
    playback: artefactRef,
    waveform: artefactRef,
    frames: z.int().min(1),
    channel,
    levels: diLevels,
    sourceFormat,
    warnings: z.array(renderWarning).max(10),
  }),
  example: example.inspected,
});

export const DIRejected = rendering.event('DIRejected', {
  aggregate: INSPECTION,
  version: 1,
  summary: 'An uploaded recording is not usable.',
  data: z.strictObject({ diTrackId, code: z.string().max(100), detail: z.string().max(500).optional() }),
  example: { diTrackId: example.diTrackId, code: 'wav.silent' },
});

export const RenderProgress = rendering.progress('RenderProgress', {
  version: 1,
  summary: 'How far a run is; percent never falls.',
  data: z.strictObject({
    runId,
    toneId: toneId.optional(),
    stage: renderStage,
    done: z.number().min(0),
    total: z.number().min(0),
    percent: z.number().min(0).max(100),
  }),
  example: { runId: example.runId, toneId: example.toneId, stage: 'amp', done: 96_000, total: 480_000, percent: 14 },
});

const jobStatus = openEnum(['accepted', 'preparing', 'rendering', 'finishing', 'completed', 'failed', 'cancelled']);

export const GetRenderJob = rendering.query('GetRenderJob', {
  version: 1,
  auth: 'shootouts.read',
  summary: 'How far one run of the own workspace is.',
  data: z.strictObject({ runId }),
  reply: z.strictObject({
    runId,
    status: jobStatus,
    percent: z.number().min(0).max(100),
    /** 0: running; n: n runs start before it; null: ended. */
    queuePosition: z.int().min(0).nullable(),
    etaSeconds: z.int().min(0).nullable(),
    tones: z.array(
      z.strictObject({
        toneId,
        stage: renderStage,
        percent: z.number().min(0).max(100),
        cached: z.boolean(),
        attempt: z.int().min(0),
        code: z.string().max(100).optional(),
      }),
    ),
  }),
  example: { runId: example.runId },
});

const renderJob = z.strictObject({
  runId,
  tenantId: z.string(),
  shootoutId,
  status: jobStatus,
  tones: z.int().min(0),
  acceptedAt: instant,
  startedAt: instant.nullable(),
});

export const ListRenderJobs = rendering.query('ListRenderJobs', {
  version: 1,
  auth: 'ops',
  summary: 'Runs that have not ended, of every workspace, oldest first.',
  data: z.strictObject(paging),
  reply: pageOf(renderJob),
  example: { limit: 25 },
});

export const ShowRenderJob = rendering.query('ShowRenderJob', {
  version: 1,
  auth: 'ops',
  summary: 'How far one unfinished run of any workspace is.',
  data: z.strictObject({ runId }),
  reply: GetRenderJob.reply,
  example: { runId: example.runId },
});

export const CancelRenderByOperator = rendering.command('CancelRenderByOperator', {
  mode: 'request',
  version: 1,
  auth: 'ops',
  summary: 'Ends a run of any workspace; its saga hears RenderJobFailed with the code cancelled.',
  data: z.strictObject({ runId, reason: z.string().min(3).max(500) }),
  reply: renderJob,
  example: { runId: example.runId, reason: 'it keeps a worker from everybody else' },
});
