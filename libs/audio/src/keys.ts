import { createHash } from 'node:crypto';
import { canonicalJson } from '@gts/kernel';

/** Changes whenever any stage of this library can change a bit of its result; the golden hashes of the specs say when. */
export const AUDIO_VERSION = '2';
/** V8's tables of sine and exponential belong to the major version of Node. */
export const NODE_MAJOR = Number(process.versions.node.split('.')[0]);
/** Engine id of every stage written in TypeScript. */
export const audioEngine = `audio:${AUDIO_VERSION}:node${NODE_MAJOR}`;

/** Lower-case hex SHA-256. */
export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** Raw little-endian float32 bytes of PCM, over the same memory: what caches and artefacts hold. */
export const pcmBytes = (x: Float32Array): Uint8Array => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);

/** PCM of raw little-endian float32 bytes; copies, because bytes from a socket need not be aligned. */
export function pcmOf(bytes: Uint8Array): Float32Array {
  // A Buffer's own slice would share the memory instead of copying it.
  const copy = new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % 4)));
  return new Float32Array(copy.buffer, copy.byteOffset, copy.length / 4);
}

/** One computation: `inputs` are SHA-256 of content in order, `params` are rounded to their steps. */
export type Stage = Readonly<{ stage: string; engine: string; inputs: readonly string[]; params: unknown }>;

/** Content key of a stage's result: equal keys mean equal bytes on every node. */
export const stageKey = ({ stage, engine, inputs, params }: Stage): string =>
  sha256(canonicalJson({ v: 1, stage, engine, inputs, params }));
