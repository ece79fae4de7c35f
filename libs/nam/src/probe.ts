import { audioRefusal, dbOf, mulberry32, rmsOf } from '@gts/audio/browser';
import { type Amp, type PlayOptions } from './engine';

const SEED = 0x4e414d31;
const NOISE = 24_000;
const SILENCE = 4800;
const MOST = 100;
const LEAST_DBFS = -100;

function noise(): Float32Array {
  const x = new Float32Array(NOISE + SILENCE);
  const draw = mulberry32(SEED);
  for (let i = 0; i < NOISE; i++) x[i] = 0.5 * draw() - 0.25;
  return x;
}

/**
 * Listens to a capture before it is let in, on the engine that will play it: half a second of noise, then silence.
 * @throws `nam.diverges` on NaN, infinity or samples beyond ±100, `nam.silent` below −100 dBFS RMS
 */
export function probeNam(amp: Amp, options: PlayOptions = {}): void {
  const y = amp.render(noise(), options);
  if (!y.every((v) => Math.abs(v) <= MOST))
    throw audioRefusal('nam.diverges', `the output passes ±${MOST} on noise of ±0.25`, { limit: MOST });
  if (dbOf(rmsOf(y)) < LEAST_DBFS)
    throw audioRefusal('nam.silent', 'the capture answers noise with silence', { limit: LEAST_DBFS });
}
