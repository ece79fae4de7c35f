import { analyseTone, pcmBytes, sha256 } from '@gts/audio';
import type { Pcm, SoundProcessor } from '../application/ports';

export const pcmWithHash = (samples: Float32Array): Pcm => ({ samples, sha256: sha256(pcmBytes(samples)) });
const analysis = analyseTone(new Float32Array(4800).fill(0.1), 0);

/** For specs: stages that pass their input on. */
export const memorySound: SoundProcessor = {
  id: 'sound',
  prepare: async (x) => ({ ...pcmWithHash(x), warnings: ['di.hot'] }),
  convolve: async (_, x) => pcmWithHash(x),
  effect: async (_, x) => pcmWithHash(x),
  onset: async () => 3,
  cut: async (_, { pieces }) => ({ parts: pieces.map(({ frames }) => new Uint8Array(2 * frames)) }),
  master: async (x, { frames }) => ({
    pcmSha256: sha256(pcmBytes(x)),
    s16: new Uint8Array(2 * frames),
    s24: new Uint8Array(4 * frames),
    analysis,
  }),
};
