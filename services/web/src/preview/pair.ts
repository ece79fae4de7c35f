import { applyGain, commonLength, frame, level, measure, requireAudible } from '@gts/audio/browser';
import type { Ready } from './protocol';
import type { Sound } from './sources';

/** What was heard last, to compare with: of the same recording and length, else there is nothing to compare. */
type Heard = Readonly<{ sound: Sound; of: string }>;

/** Brings what is heard now and what was heard before it to one length and one loudness: stages 6 to 8 for two. */
export function pairs() {
  let now: Heard | undefined;
  let before: Heard | undefined;
  return ({ sound, prepared }: Readonly<{ sound: Sound; prepared: Sound }>) => {
    const of = prepared.sha256;
    const last = now?.sound.sha256 === sound.sha256 ? before : now;
    const other = last?.of === of ? last : undefined;
    const set = [sound, ...(other ? [other.sound] : [])].map(({ samples }) => samples);
    const length = commonLength(
      set.map((samples) => samples.length),
      prepared.samples.length,
    );
    const framed = set.map((samples) => frame(samples, length));
    const measured = framed.map((samples) => measure(samples));
    framed.forEach((samples, i) => requireAudible(samples, measured[i] ?? { integrated: -Infinity, truePeak: 0 }));
    const { gainsDb, targetLufs } = level(measured);
    const [first, second] = framed.map((samples, i) => applyGain(samples, gainsDb[i] ?? 0));
    [now, before] = [{ sound, of }, other];
    const gainDb = gainsDb[0] ?? 0;
    const heard: Pick<Ready, 'now' | 'before' | 'gainDb' | 'targetLufs'> = {
      now: first ?? new Float32Array(0),
      before: second ?? null,
      gainDb,
      targetLufs,
    };
    return heard;
  };
}
