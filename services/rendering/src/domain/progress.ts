/** Share of a run's CPU: decode 5, blocks 70, level 15, encode 10. */
const SHARES = { decode: 5, blocks: 70, level: 15, encode: 10 } as const;
export type Stage = 'decode' | 'amp' | 'cab' | 'fx' | 'level' | 'encode';

export type ToneDone = Readonly<{ stage: Stage | 'queued' | 'done' | 'failed'; fraction: number; cached: boolean }>;
/** How far one run is; every fraction in 0..1. */
export type Done = Readonly<{
  decode: number;
  tones: Readonly<Record<string, ToneDone>>;
  level: number;
  encode: number;
  /** What was shown last: the percentage never falls. */
  shown: number;
}>;

export const nothingDone = (toneIds: readonly string[]): Done => ({
  decode: 0,
  tones: Object.fromEntries(toneIds.map((id) => [id, { stage: 'queued' as const, fraction: 0, cached: false }])),
  level: 0,
  encode: 0,
  shown: 0,
});

export function percentOf({ decode, tones, level, encode, shown }: Done): number {
  const parts = Object.values(tones).map(({ fraction }) => fraction);
  const blocks = parts.reduce((sum, each) => sum + each, 0) / Math.max(1, parts.length);
  const now = SHARES.decode * decode + SHARES.blocks * blocks + SHARES.level * level + SHARES.encode * encode;
  return Math.max(shown, Math.round(now * 10) / 10);
}

/** Part of a chain that is done while block `index` of `count` is at `fraction`; captures weigh most. */
export function chainFraction(kinds: readonly string[], index: number, fraction: number): number {
  const weight = (kind: string | undefined) => (kind === 'capture' ? 20 : 1);
  const total = kinds.reduce((sum, kind) => sum + weight(kind), 0);
  const before = kinds.slice(0, index).reduce((sum, kind) => sum + weight(kind), 0);
  return Math.min(1, (before + weight(kinds[index]) * fraction) / Math.max(1, total));
}
