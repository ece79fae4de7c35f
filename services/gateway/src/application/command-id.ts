import { createHash } from 'node:crypto';

// A namespace of our own (RFC 9562 §6.6); part of stored command rows, never changed.
const NAMESPACE = Buffer.from('9b7d3f2a6c1e5a4b8f0d2c4e6a8b0c1d', 'hex');

/** uuidv5 of tenant, actor and Idempotency-Key: the same request again is the same command. */
export function commandIdOf(tenantId: string, actorId: string, key: string): string {
  const bytes = createHash('sha1')
    .update(NAMESPACE)
    .update([tenantId, actorId, key].join('\n'))
    .digest()
    .subarray(0, 16);
  bytes[6] = 0x50 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
