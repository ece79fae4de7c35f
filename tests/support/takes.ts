import { aWaveNet, namBytes, type NamFile, seeded, wavFile } from '@gts/testing';

const STRINGS = [82.4, 110, 146.8, 196, 246.9, 329.6];
const NOTE_S = 0.25;

/** Seeded plucked strings (Karplus and Strong), one note every 250 ms lasting 1 s. */
function plucks(seconds: number, { seed, rate = 48_000 }: Readonly<{ seed: number; rate?: number }>) {
  const draw = seeded(seed);
  const out = new Float32Array(Math.round(seconds * rate));
  for (let note = 0; note * NOTE_S < seconds; note++) {
    const ring: number[] = Array.from({ length: Math.round(rate / (STRINGS[note % STRINGS.length] ?? 110)) }, () =>
      draw() < 0.5 ? -1 : 1,
    );
    const start = Math.round(note * NOTE_S * rate);
    for (let i = 0; i < rate && start + i < out.length; i++) {
      const at = i % ring.length;
      const v = ring[at] ?? 0;
      out[start + i] = (out[start + i] ?? 0) + 0.25 * v;
      ring[at] = 0.498 * (v + (ring[(at + 1) % ring.length] ?? 0));
    }
  }
  return out;
}

/** What a recorder writes: 48 kHz, 24 bit, two different channels, a `bext` chunk of odd size before `fmt `. */
export const recorderTake = (): Buffer =>
  wavFile({
    channels: [plucks(1.5, { seed: 11 }), plucks(1.5, { seed: 12 })],
    bits: 24,
    before: [['bext', Buffer.alloc(603, 'x')]],
  });

/** WAVE_FORMAT_EXTENSIBLE at another rate than the product's own. */
export const extensibleTake = (): Buffer =>
  wavFile({
    channels: [plucks(1.2, { seed: 13, rate: 44_100 })],
    bits: 24,
    sampleRate: 44_100,
    extensible: true,
  });

/** A 44.1 kHz float impulse response: a decaying, coloured burst after a short delay. */
export function cabinet(seed: number): Buffer {
  const draw = seeded(seed);
  let low = 0;
  const h = Float32Array.from({ length: 1500 }, (_, i) => {
    low += 0.35 * (2 * draw() - 1 - low);
    return i < 20 ? 0 : 0.5 * low * Math.exp(-i / 220);
  });
  return wavFile({ channels: [h], sampleRate: 44_100, float: true });
}

/** A capture that names no sample rate, small enough for the slow definition. */
export const capture = (seed: number): NamFile =>
  aWaveNet(seed, [
    { channels: 3, dilations: [1, 2, 4, 8], kernelSizes: 3, outputs: 2 },
    { channels: 2, dilations: [1, 2, 4, 8], kernelSizes: 3, outputs: 1, headBias: true },
  ]);

/** An impulse response that changes the level only. */
export const oneTap = (): Buffer => wavFile({ channels: [[0.5]], float: true });

export const captureBytes = (file: NamFile): Buffer => namBytes(file);
