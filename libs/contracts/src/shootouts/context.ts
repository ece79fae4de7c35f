import type { Id, Instant } from '@gts/kernel';
import { context } from '../define';

/** Published language of shootouts. */
export const shootouts = context('shootouts');

export const edit = { mode: 'request', version: 1, auth: 'shootouts.edit' } as const;
export const read = { version: 1, auth: 'shootouts.read' } as const;
export const render = { mode: 'request', version: 1, auth: 'shootouts.render' } as const;

const uuid = <K extends string>(n: string) => `0199f0a1-0000-7000-8000-00000000${n}` as Id<K>;
const at = '2026-01-01T00:00:00.000Z' as Instant;
const file = (digit: string, mediaType: string) => ({ sha256: digit.repeat(64), bytes: 1_497_644, mediaType });

/** Parts that the examples of this context share. */
export const sample = {
  meta: { version: 1, eventSeq: 1, createdAt: at, updatedAt: at },
  at,
  upload: uuid<'Upload'>('0001'),
  di: uuid<'DITrack'>('0002'),
  shootout: uuid<'Shootout'>('0003'),
  run: uuid<'Run'>('0004'),
  user: uuid<'User'>('0005'),
  tones: [uuid<'ToneSelection'>('0006'), uuid<'ToneSelection'>('0007')] as const,
  chains: [uuid<'SignalChain'>('0008'), uuid<'SignalChain'>('0009')] as const,
  model: uuid<'GearModel'>('000a'),
  block: uuid<'SignalBlock'>('000b'),
  wav: file('a', 'audio/wav'),
  pcm: file('b', 'audio/x-f32le'),
  flac: file('c', 'audio/flac'),
  json: file('d', 'application/json'),
  mediaKey: 'q0Jr2m8wS7d1x5ZkT3vYpA',
};
