import { canonicalJson } from '@gts/kernel';

/** Changes whenever any stage of this library can change a bit of its result; the golden hashes of the specs say when. */
export const AUDIO_VERSION = '5';

/** One computation: `inputs` are SHA-256 of content in order, `params` are rounded to their steps. */
export type Stage = Readonly<{ stage: string; engine: string; inputs: readonly string[]; params: unknown }>;

/** The canonical text whose SHA-256 is the stage's key. */
export const stageText = ({ stage, engine, inputs, params }: Stage): string =>
  canonicalJson({ v: 1, stage, engine, inputs, params });
