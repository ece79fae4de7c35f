import fc from 'fast-check';
import { isDomainError } from '@gts/kernel';
import { aTone, wavFile } from '@gts/testing';
import { isAudioCode, readWav } from './index';

const sound = wavFile({
  channels: [aTone(60), aTone(60, 330)],
  bits: 24,
  extensible: true,
  before: [['bext', Buffer.alloc(11)]],
});

/** What happens to any bytes: audio, or a refusal of the closed list; never another error. */
function outcome(bytes: Uint8Array): string {
  try {
    const { channels } = readWav(bytes);
    return `${channels.length} channels`;
  } catch (error) {
    return isDomainError(error) && isAudioCode(error.code) ? error.code : `bug: ${String(error)}`;
  }
}

describe('the WAV reader', () => {
  test('survives any change of any bytes', () => {
    const change = fc.tuple(fc.nat(sound.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.nat(sound.length), (changes, length) => {
        const bytes = Uint8Array.from(sound);
        for (const [at, value] of changes) bytes[at] = value;
        expect(outcome(bytes.subarray(0, length))).not.toMatch(/^bug/);
      }),
      { numRuns: 500 },
    );
  });
  test.each([
    [8, false, 1 / 128],
    [16, false, 2 ** -15],
    [24, false, 2 ** -23],
    [32, false, 2 ** -24],
    [32, true, 0],
    [64, true, 0],
  ] as const)('gives back samples of %d bits (float %s) within a step', (bits, float, step) => {
    const sample = fc.float({ min: -1, max: Math.fround(0.99), noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(sample, sample), { minLength: 1, maxLength: 50 }), (frames) => {
        const channels = [0, 1].map((c) => frames.map((pair) => pair[c] ?? 0));
        const read = readWav(wavFile({ channels, bits, float })).channels;
        channels.forEach((plane, c) =>
          plane.forEach((v, i) => expect(Math.abs((read[c]?.[i] ?? NaN) - v)).toBeLessThanOrEqual(step)),
        );
      }),
    );
  });
});
