import { audioRefusal } from '@gts/audio/browser';

const MOST_BYTES = 5 * 1024 * 1024;

/**
 * Bytes to a value, nothing assumed about it.
 * @throws `nam.too_large`, `nam.not_json`
 */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length > MOST_BYTES)
    throw audioRefusal('nam.too_large', `${bytes.length} bytes: at most ${MOST_BYTES}`, { limit: MOST_BYTES });
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw audioRefusal('nam.not_json', 'the file is no JSON in UTF-8', { cause });
  }
}
