import { readFileSync } from 'node:fs';
import { sha256 } from './keys';

/**
 * Bytes of a built kernel, if they are those of the committed hash: another kernel under the same code would trap at
 * every render, or give other bits under the same engine id.
 * @throws Error that names the command to run
 */
export function builtKernel(path: string, committedSha256: string): Uint8Array {
  const bytes = read(path);
  const found = sha256(bytes);
  if (found === committedSha256) return bytes;
  throw new Error(`${path} was built from other sources (${found}, not ${committedSha256}): run node tools/wasm.mjs`);
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Error(`${path} is missing: run node tools/wasm.mjs`, { cause });
  }
}
