import { z } from 'zod';
import { base, expectedVersion, id, prose, text } from '../schemas';
import { edit, render, sample, shootouts } from './context';

const shootoutId = id('Shootout');
const invalidType = { error: 'invalid-type' };
const outOfRange = { error: 'out-of-range' };
const tenths = (value: number): boolean => Math.abs(value * 10 - Math.round(value * 10)) < 1e-6;

/** Part of the recording that is played; the rule `excerpt-invalid` judges it. */
export const shootoutExcerpt = z.strictObject({
  startMs: z.int(invalidType).min(0, outOfRange),
  endMs: z.int(invalidType).min(0, outOfRange),
});
const inputGainDb = z.number(invalidType).min(-24, outOfRange).max(24, outOfRange).refine(tenths, outOfRange);
const montageWindowMs = z
  .int(invalidType)
  .min(3000, outOfRange)
  .max(10_000, outOfRange)
  .refine((value) => value % 100 === 0, outOfRange);
export const visibility = z.enum(['public', 'unlisted', 'private'], invalidType);
export const shootoutStatus = z.enum(['DRAFT', 'PENDING', 'PROCESSING', 'COMPLETED', 'FAILED']);

/** One tone of the comparison; `id` is the toneId of manifests and renders. */
export const toneSelection = z.strictObject({
  id: id('ToneSelection'),
  signalChainId: id('SignalChain'),
  position: z.int().min(0),
  label: text(1, 80),
});
export const shootoutFailure = z.strictObject({
  code: z.string().max(100),
  detail: z.string().max(500).optional(),
  step: z.string().max(60),
  toneId: id('ToneSelection').optional(),
  blockId: id('SignalBlock').optional(),
});

/** A shootout as its workspace sees it. */
export const shootout = z.strictObject({
  ...base('Shootout'),
  title: z.string(),
  description: z.string().optional(),
  diTrackId: id('DITrack'),
  excerpt: shootoutExcerpt.optional(),
  inputGainDb: z.number(),
  montageWindowMs: z.int().optional(),
  selections: z.array(toneSelection),
  status: shootoutStatus,
  visibility,
  renderVersion: z.int().min(0),
  run: z.strictObject({ runId: id('Run'), step: z.string() }).optional(),
  failure: shootoutFailure.optional(),
  manifestVersion: z.int().optional(),
  rerunOf: id('Shootout').optional(),
  takenDown: z.boolean(),
  publishBlocked: z.strictObject({ gearModelIds: z.array(id('GearModel')) }).optional(),
  /** What keeps a draft from being rendered now; only GetShootout looks. */
  findings: z.array(z.strictObject({ code: z.string(), pointer: z.string(), detail: z.string() })).optional(),
});

const selectionInput = z.strictObject({ signalChainId: id('SignalChain'), label: text(1, 80).optional() });
const [one, two] = sample.chains;

export const CreateShootout = shootouts.command('CreateShootout', {
  ...edit,
  summary: 'Opens a draft with all its tones, or answers every finding.',
  data: z.strictObject({
    title: text(1, 255),
    description: prose(0, 4000).optional(),
    diTrackId: id('DITrack'),
    excerpt: shootoutExcerpt.optional(),
    inputGainDb: inputGainDb.default(0),
    montageWindowMs: montageWindowMs.optional(),
    visibility: visibility.optional(),
    selections: z.array(selectionInput).max(100, { error: 'too-many-items' }),
  }),
  reply: shootout,
  example: {
    title: 'Which cab?',
    diTrackId: sample.di,
    selections: [{ signalChainId: one }, { signalChainId: two, label: 'Cab two' }],
  },
});

const guarded = { shootoutId, expectedVersion };

export const UpdateShootout = shootouts.command('UpdateShootout', {
  ...edit,
  summary: 'Changes fields of a draft or failed shootout; null clears.',
  data: z.strictObject({
    ...guarded,
    title: text(1, 255).optional(),
    description: prose(0, 4000).nullable().optional(),
    diTrackId: id('DITrack').optional(),
    excerpt: shootoutExcerpt.nullable().optional(),
    inputGainDb: inputGainDb.optional(),
    montageWindowMs: montageWindowMs.nullable().optional(),
  }),
  reply: shootout,
  example: { shootoutId: sample.shootout, expectedVersion: 1, title: 'Which cabinet?' },
});

export const AddToneSelection = shootouts.command('AddToneSelection', {
  ...edit,
  summary: 'Puts one more chain at the end.',
  data: z.strictObject({ shootoutId, ...selectionInput.shape }),
  reply: shootout,
  example: { shootoutId: sample.shootout, signalChainId: one },
});

export const RemoveToneSelection = shootouts.command('RemoveToneSelection', {
  ...edit,
  summary: 'Takes a tone out; the others move up.',
  data: z.strictObject({ ...guarded, selectionId: id('ToneSelection') }),
  reply: shootout,
  example: { shootoutId: sample.shootout, expectedVersion: 1, selectionId: sample.tones[0] },
});

export const RenameToneSelection = shootouts.command('RenameToneSelection', {
  ...edit,
  summary: 'Changes the label of a tone.',
  data: z.strictObject({ ...guarded, selectionId: id('ToneSelection'), label: text(1, 80) }),
  reply: shootout,
  example: { shootoutId: sample.shootout, expectedVersion: 1, selectionId: sample.tones[0], label: 'Quarryman' },
});

export const ReorderToneSelections = shootouts.command('ReorderToneSelections', {
  ...edit,
  summary: 'Names every tone once, in the new order.',
  data: z.strictObject({
    ...guarded,
    order: z.array(id('ToneSelection')).max(100, { error: 'too-many-items' }),
  }),
  reply: shootout,
  example: { shootoutId: sample.shootout, expectedVersion: 1, order: [sample.tones[1], sample.tones[0]] },
});

export const RenderShootout = shootouts.command('RenderShootout', {
  ...render,
  summary: 'Starts a run; GetRun and events tell how it goes.',
  data: z.strictObject({ shootoutId }),
  reply: shootout,
  example: { shootoutId: sample.shootout },
});

export const CancelRender = shootouts.command('CancelRender', {
  ...render,
  summary: 'Asks the running run to stop; past its last turn it completes.',
  data: z.strictObject({ shootoutId }),
  reply: shootout,
  example: { shootoutId: sample.shootout },
});

export const SetVisibility = shootouts.command('SetVisibility', {
  ...edit,
  summary: 'Says who may see the finished shootout.',
  data: z.strictObject({ ...guarded, visibility }),
  reply: shootout,
  example: { shootoutId: sample.shootout, expectedVersion: 4, visibility: 'public' },
});

export const DeleteShootout = shootouts.command('DeleteShootout', {
  ...edit,
  summary: 'Deletes a shootout that is not rendering. Undone for 30 days.',
  data: z.strictObject(guarded),
  reply: z.strictObject({}),
  example: { shootoutId: sample.shootout, expectedVersion: '*' },
});

export const RestoreShootout = shootouts.command('RestoreShootout', {
  ...edit,
  summary: 'Brings a deleted shootout back.',
  data: z.strictObject({ shootoutId }),
  reply: shootout,
  example: { shootoutId: sample.shootout },
});
