import { loudnessAt } from './loudness';
import { type Levellable, type Measured } from './measure';
import { audioRefusal, type AudioWarning } from './refusals';
import { factorOf } from './units';

const TARGET_LUFS = -14;
const HEADROOM_DB = 1;
const LOW_LUFS = -24;

/** What the set is levelled to; `limitedBy` is the index of the tone that lowers all, null at −14 LUFS. */
export type Levelling = Readonly<{
  targetLufs: number;
  limitedBy: number | null;
  gainsDb: readonly number[];
  warnings: readonly AudioWarning[];
}>;

/** Enough for every chain of gates that a signal of minutes can hold; one or two is the rule. */
const MOST_STEPS = 100;

/**
 * The gain that brings a tone to `targetLufs`. Loudness after a gain is not loudness plus gain: the absolute gate
 * stands still, so quiet blocks leave or enter. The search goes down from the gain at the peak's limit and so ends at
 * or below it.
 */
function gainTo(targetLufs: number, { powers }: Levellable, mostDb: number): number {
  let gainDb = mostDb;
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = gainDb + targetLufs - loudnessAt(powers, gainDb);
    if (Math.abs(next - gainDb) < 1e-9) break;
    gainDb = next;
  }
  return Math.round(gainDb * 1000) / 1000;
}

/**
 * Stage 8: the loudest common target at which no tone passes −1 dBTP after one linear gain.
 * @param tones measured, framed, audible tones of one set, at least one
 */
export function level(tones: readonly Levellable[]): Levelling {
  const most = tones.map(({ truePeak }) => -HEADROOM_DB - truePeak);
  const ceilings = tones.map(({ powers }, i) => loudnessAt(powers, most[i] ?? 0));
  const lowest = Math.min(...ceilings);
  const targetLufs = Math.floor(Math.min(TARGET_LUFS, lowest) * 100) / 100;
  return {
    targetLufs,
    limitedBy: lowest < TARGET_LUFS ? ceilings.indexOf(lowest) : null,
    gainsDb: tones.map((tone, i) => gainTo(targetLufs, tone, most[i] ?? 0)),
    warnings: targetLufs < LOW_LUFS ? ['level.low_target'] : [],
  };
}

/**
 * One linear gain, rounded to float32 as it is applied.
 * @param out may be `x` itself
 */
export function applyGain(
  x: Float32Array,
  gainDb: number,
  out = new Float32Array(x.length),
): Float32Array<ArrayBuffer> {
  const factor = Math.fround(factorOf(gainDb));
  for (let i = 0; i < x.length; i++) out[i] = x[i] * factor;
  return out;
}

/** A finished listening file, decoded and measured again. */
export type Verified = Measured & Readonly<{ frames: number }>;
export type Expected = Readonly<{ targetLufs: number; frames: number }>;

/**
 * Stage 10: every file within 0.05 LU of the target, any two within 0.1 LU, at most −0.98 dBTP, of equal length.
 * @throws `encoder.failed`
 */
export function verifySet(files: readonly Verified[], { targetLufs, frames }: Expected): void {
  const failed = (detail: string) => audioRefusal('encoder.failed', detail);
  files.forEach(({ integrated, truePeak, frames: own }, index) => {
    if (own !== frames) throw failed(`file ${index} has ${own} frames instead of ${frames}`);
    if (!(Math.abs(integrated - targetLufs) <= 0.05)) throw failed(`file ${index} is at ${integrated} LUFS`);
    if (!(truePeak <= -0.98)) throw failed(`file ${index} peaks at ${truePeak} dBTP`);
  });
  const loudness = files.map(({ integrated }) => integrated);
  if (Math.max(...loudness) - Math.min(...loudness) > 0.1) throw failed('two files are more than 0.1 LU apart');
}
