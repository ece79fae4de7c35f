/** Raw little-endian float32 bytes of PCM, over the same memory: what caches and artefacts hold. */
export const pcmBytes = (x: Float32Array): Uint8Array => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);

/** PCM of raw little-endian float32 bytes; copies, because bytes from a socket need not be aligned. */
export function pcmOf(bytes: Uint8Array): Float32Array {
  // A Buffer's own slice would share the memory instead of copying it.
  const copy = new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % 4)));
  return new Float32Array(copy.buffer, copy.byteOffset, copy.length / 4);
}
