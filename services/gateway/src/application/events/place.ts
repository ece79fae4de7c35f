import type { Positions } from './feed';

/** `EVT_SHOOTOUTS:812,EVT_IDENTITY:3`: the exact place in every stream that a reader follows. */
export const placeText = (positions: Positions, streams: Iterable<string>): string =>
  [...streams].map((stream) => `${stream}:${positions.get(stream) ?? 0}`).join(',');

/** The place that Last-Event-ID names; undefined where it is none of ours or lacks a stream. */
export function placeOf(text: string, streams: ReadonlySet<string>): Positions | undefined {
  const parts = text.split(',').map((part) => /^([A-Z_]{1,40}):(\d{1,15})$/.exec(part));
  const places = new Map(parts.map((match) => [match?.[1] ?? '', Number(match?.[2] ?? 0)] as const));
  if (parts.some((match) => match === null) || [...streams].some((stream) => !places.has(stream))) return undefined;
  return new Map([...places].filter(([stream]) => streams.has(stream)));
}
