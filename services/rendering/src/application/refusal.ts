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
  const blockIndex = error.details?.['blockIndex'];
  const code = error.code === 'store.too_large' ? 'store.full' : error.code;
  return { code, detail: error.message.slice(0, DETAIL), ...(typeof blockIndex === 'number' && { blockIndex }) };
}

/** Says which block of the chain an error came from. */
export function atBlock(error: unknown, blockIndex: number): unknown {
  if (!isDomainError(error) || error.details?.['blockIndex'] !== undefined) return error;
  const { kind, code, message, details, retryAfterMs } = error;
  return new DomainError({ kind, code, message, details: { ...details, blockIndex }, retryAfterMs, cause: error });
}
