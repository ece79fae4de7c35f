import type { Law } from './types';

/** Gain `v` at context time `t` (seconds); between two points the gain runs straight. */
export type Breakpoint = Readonly<{ t: number; v: number }>;
export type Envelope = readonly Breakpoint[];

const SIGHTED_SECONDS = 0.01;
export const BLIND_SECONDS = 0.005;

export const flat = (t: number, v: number): Envelope => [{ t, v }];

/** Value of the envelope at `t`, also inside a fade. */
function valueAt(envelope: Envelope, t: number): number {
  const next = envelope.findIndex((point) => point.t > t);
  if (next < 0) return envelope.at(-1)?.v ?? 0;
  const [a, b] = [envelope[next - 1], envelope[next]];
  if (!a || !b) return b?.v ?? 0;
  return a.v + ((b.v - a.v) * (t - a.t)) / (b.t - a.t);
}

/** The points of a hand-over that begins at `t`: what follows the cut of the envelope there. */
function handOver(law: Law, t: number, target: number): Envelope {
  if (law === 'sighted') return [{ t: t + SIGHTED_SECONDS, v: target }];
  const dark = { t: t + BLIND_SECONDS, v: 0 };
  return [dark, { t: t + 2 * BLIND_SECONDS, v: target }];
}

/** The envelope cut at `t` and continued towards `target` by the law; a new array, points before `t` are forgotten. */
export function redirect(envelope: Envelope, t: number, { law, target }: { law: Law; target: number }): Envelope {
  return [{ t, v: valueAt(envelope, t) }, ...handOver(law, t, target)];
}

/**
 * Writes a redirected envelope to its AudioParam. The first ramp ends at the cut itself: it rebuilds the part of a
 * running ramp that cancelling removed. A `setValueAtTime` there would jump by up to the whole gain.
 */
export function schedule(param: AudioParam, envelope: Envelope): void {
  const [cut, ...rest] = envelope;
  if (!cut) return;
  param.cancelScheduledValues(cut.t);
  param.linearRampToValueAtTime(cut.v, cut.t);
  for (const { t, v } of rest) param.linearRampToValueAtTime(v, t);
}
