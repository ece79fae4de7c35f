/** Raw little-endian float32 bytes of PCM, over the same memory: what caches and artefacts hold. */
export const pcmBytes = (x: Float32Array): Uint8Array => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);

/**
 * Gives the memory of signals back at once that nobody reads again, instead of leaving megabytes to the collector.
 * What has moved to another thread, is shared or is a part of something larger stays.
 */
export function release(...signals: readonly ArrayBufferView[]): void {
  for (const { buffer, byteLength } of signals)
    if ('detached' in buffer && !buffer.detached && byteLength === buffer.byteLength) buffer.transfer(0);
}

/** PCM of raw little-endian float32 bytes; copies, because bytes from a socket need not be aligned. */
export function pcmOf(bytes: Uint8Array): Float32Array {
  // A Buffer's own slice would share the memory instead of copying it.
  const copy = new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % 4)));
  return new Float32Array(copy.buffer, copy.byteOffset, copy.length / 4);
}
