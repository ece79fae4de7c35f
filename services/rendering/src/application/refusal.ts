import { isAudioRefusal } from '@gts/audio';
import { DomainError, isDomainError } from '@gts/kernel';
import type { Failure } from '../domain/failure';

const DETAIL = 500;

/** A deterministic refusal (audio.md §5) as data; undefined for faults, which are retried. */
export function refusalOf(error: unknown): Failure | undefined {
  return isDomainError(error) && isAudioRefusal(error.code) ? failureOf(error) : undefined;
}

/** Whatever was thrown, as the reason of a failure. */
export function failureOf(error: unknown): Failure {
  if (!isDomainError(error)) return { code: 'engine.crash', detail: String(error).slice(0, DETAIL) };
  const { blockIndex, toneId } = (error.details ?? {}) as Place;
  const code = error.code === 'store.too_large' ? 'store.full' : error.code;
  return {
    code,
    detail: error.message.slice(0, DETAIL),
    ...(typeof blockIndex === 'number' && { blockIndex }),
    ...(typeof toneId === 'string' && { toneId }),
  };
}

type Place = Readonly<{ blockIndex?: unknown; toneId?: unknown }>;

/** Says where an error came from, unless somebody nearer said it. */
function placed(error: unknown, place: Place): unknown {
  if (!isDomainError(error)) return error;
  const { kind, code, message, details, retryAfterMs } = error;
  return new DomainError({ kind, code, message, details: { ...place, ...details }, retryAfterMs, cause: error });
}
/** Says which block of the chain an error came from. */
export const atBlock = (error: unknown, blockIndex: number): unknown => placed(error, { blockIndex });
/** Says which tone of the set an error came from. */
export const ofTone = (error: unknown, toneId: string): unknown => placed(error, { toneId });
