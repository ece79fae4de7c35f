/** Frames per second of all PCM between the stages. */
export const SAMPLE_RATE = 48_000;
/** 100 ms: the grid of loudness blocks and of the common length of a set, in frames. */
export const TENTH = 4800;

/** Amplitude factor of a level in dB, in float64. */
export const factorOf = (db: number): number => 10 ** (db / 20);
/** dB of an amplitude; −Infinity for 0. */
export const dbOf = (amplitude: number): number => 20 * Math.log10(amplitude);

/** Largest absolute sample; NaN and infinities must have been refused before. */
export function peakOf(x: Float32Array): number {
  let peak = 0;
  for (let i = 0; i < x.length; i++) {
    const a = Math.abs(x[i]);
    if (a > peak) peak = a;
  }
  return peak;
}

/** Root mean square in float64; 0 for an empty signal. */
export function rmsOf(x: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * x[i];
  return x.length === 0 ? 0 : Math.sqrt(sum / x.length);
}

/** False when any sample is NaN or infinite. */
export function isFinitePcm(x: Float32Array): boolean {
  for (let i = 0; i < x.length; i++) if (!Number.isFinite(x[i])) return false;
  return true;
}

/** Rounds to the step of a parameter (0.1 dB, 1 ms …), so that equal settings have equal keys. */
export const atStep = (value: number, step: number): number => {
  const perUnit = Math.round(1 / step);
  return perUnit >= 1 ? Math.round(value * perUnit) / perUnit : Math.round(value / step) * step;
};
