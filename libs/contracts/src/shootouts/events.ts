import { z } from 'zod';
import { artefactRef, failure, id, sha256 } from '../schemas';
import { sample, shootouts } from './context';
import { shootoutExcerpt, toneSelection, visibility } from './shootout';

const shootoutId = id('Shootout');
const runId = id('Run');
const onShootout = { aggregate: 'Shootout', version: 1 } as const;
const selections = z.array(toneSelection).max(16);
const tone = (at: 0 | 1) => ({
  id: sample.tones[at],
  signalChainId: sample.chains[at],
  position: at,
  label: `Cab ${at + 1}`,
});
const tones = [tone(0), tone(1)];
const run = { shootoutId: sample.shootout, runId: sample.run };

export const ShootoutCreated = shootouts.event('ShootoutCreated', {
  ...onShootout,
  summary: 'A shootout was opened with its tones.',
  data: z.strictObject({
    shootoutId,
    title: z.string().max(255),
    diTrackId: id('DITrack'),
    selections,
    visibility,
    rerunOf: shootoutId.optional(),
  }),
  example: {
    shootoutId: sample.shootout,
    title: 'Which cab?',
    diTrackId: sample.di,
    selections: tones,
    visibility: 'private',
  },
});

export const ShootoutUpdated = shootouts.event('ShootoutUpdated', {
  ...onShootout,
  summary: 'Fields or tones of a shootout changed; carries all tones.',
  data: z.strictObject({ shootoutId, selections }),
  example: { shootoutId: sample.shootout, selections: tones },
});

export const ShootoutRenderRequested = shootouts.event('ShootoutRenderRequested', {
  ...onShootout,
  summary: 'Somebody wants the sound; carries everything that the saga needs.',
  data: z.strictObject({
    shootoutId,
    runId,
    renderVersion: z.int().min(1),
    actorUserId: id('User'),
    selections,
    di: z.strictObject({ audio: artefactRef, frames: z.int().min(1) }),
    excerpt: shootoutExcerpt.optional(),
    inputGainDb: z.number(),
    montageWindowMs: z.int().optional(),
    title: z.string().max(255).optional(),
  }),
  example: {
    ...run,
    renderVersion: 1,
    actorUserId: sample.user,
    selections: tones,
    di: { audio: sample.pcm, frames: 499_200 },
    inputGainDb: 0,
  },
});

export const ShootoutRenderStarted = shootouts.event('ShootoutRenderStarted', {
  ...onShootout,
  summary: 'The run left the queue.',
  data: z.strictObject({ shootoutId, runId }),
  example: run,
});

export const RenderCancelRequested = shootouts.event('RenderCancelRequested', {
  ...onShootout,
  summary: 'Somebody wants the run to stop.',
  data: z.strictObject({ shootoutId, runId }),
  example: run,
});

export const ShootoutFinalised = shootouts.event('ShootoutFinalised', {
  ...onShootout,
  summary: 'The manifest is written; the shootout is COMPLETED.',
  data: z.strictObject({
    shootoutId,
    runId,
    manifestVersion: z.int().min(1),
    manifestSha256: sha256,
    visibility,
    toneIds: z.array(id('ToneSelection')),
    gearModelIds: z.array(id('GearModel')),
    ownerId: z.string(),
    title: z.string(),
    listenMedia: z.array(z.strictObject({ toneId: id('ToneSelection'), ref: artefactRef })),
    levels: z.array(z.strictObject({ toneId: id('ToneSelection'), integratedLufs: z.number() })),
    labels: z.array(z.string()),
    durationMs: z.int(),
  }),
  example: {
    ...run,
    manifestVersion: 1,
    manifestSha256: 'e'.repeat(64),
    visibility: 'private',
    toneIds: [...sample.tones],
    gearModelIds: [sample.model],
    ownerId: sample.user,
    title: 'Which cab?',
    listenMedia: sample.tones.map((toneId) => ({ toneId, ref: sample.flac })),
    levels: sample.tones.map((toneId) => ({ toneId, integratedLufs: -15.21 })),
    labels: ['Cab 1', 'Cab 2'],
    durationMs: 10_700,
  },
});

export const FinaliseRefused = shootouts.event('FinaliseRefused', {
  ...onShootout,
  summary: 'The results of a run do not make a manifest.',
  data: z.strictObject({ runId, ...failure }),
  example: { runId: sample.run, code: 'SHOOTOUT.LEVEL_MISMATCH', retryable: false },
});

export const ShootoutFailed = shootouts.event('ShootoutFailed', {
  ...onShootout,
  summary: 'A run ended without a manifest; everything it held is let go.',
  data: z.strictObject({
    shootoutId,
    ownerId: z.string(),
    runId,
    code: z.string().max(100),
    toneId: id('ToneSelection').optional(),
  }),
  example: { ...run, ownerId: sample.user, code: 'cancelled' },
});

export const ShootoutVisibilityChanged = shootouts.event('ShootoutVisibilityChanged', {
  ...onShootout,
  audit: true,
  summary: 'Who may see the shootout changed; published says whether that has an effect now.',
  data: z.strictObject({ shootoutId, from: visibility, to: visibility, published: z.boolean() }),
  example: { shootoutId: sample.shootout, from: 'private', to: 'public', published: true },
});

export const ShootoutDeleted = shootouts.event('ShootoutDeleted', {
  ...onShootout,
  audit: true,
  summary: 'A shootout was deleted.',
  data: z.strictObject({ shootoutId }),
  example: { shootoutId: sample.shootout },
});

export const ShootoutRestored = shootouts.event('ShootoutRestored', {
  ...onShootout,
  summary: 'A deleted shootout came back.',
  data: z.strictObject({ shootoutId }),
  example: { shootoutId: sample.shootout },
});
