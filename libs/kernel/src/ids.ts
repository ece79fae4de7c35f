declare const brand: unique symbol;

/** A lower-case UUIDv7 that only its own kind of aggregate accepts. */
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

export type TenantId = Id<'Tenant'>;
export type UserId = Id<'User'>;
export type MessageId = Id<'Message'>;
export type SagaId = Id<'Saga'>;

/** Owner of what belongs to no workspace: platform gear, identity, system facts. */
export const SYSTEM_TENANT = 'system' as TenantId;

/** Makes a fresh id; injected, so that tests and the simulator decide what comes. */
export type NewId = <Kind extends string>() => Id<Kind>;

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Formats a UUIDv7 (RFC 9562 §5.7) from a time and 10 random bytes.
 * @param epochMs milliseconds since 1970, 48 bits
 * @param random 10 bytes; version and variant bits are overwritten
 */
export function uuidv7(epochMs: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(epochMs) << 16n);
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | ((random[0] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((random[2] ?? 0) & 0x3f);
  const text = hex(bytes);
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

/** The production id factory: time from `epochMs`, randomness from the platform. */
export const idFactory =
  (epochMs: () => number): NewId =>
  <Kind extends string>() =>
    uuidv7(epochMs(), crypto.getRandomValues(new Uint8Array(10))) as Id<Kind>;
