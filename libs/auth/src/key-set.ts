import { readFile } from 'node:fs/promises';
import type { Clock } from '@gts/kernel';
import { type CryptoKey, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { authErrors } from './errors';

/** A public key with the name of its owner and the subjects it may speak for (`user:` any user, or a whole subject). */
const publicKey = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string().min(1).max(100),
  iss: z.string().min(1).max(100),
  subjects: z.array(z.string().min(1)),
});
const keySetFile = z.object({ keys: z.array(publicKey) });

/** One key that signatures are checked against. */
export type VerificationKey = Readonly<{ kid: string; iss: string; subjects: readonly string[]; key: CryptoKey }>;

export interface KeySet {
  /** The key of this id, if there is one. @throws AUTH.KEYS_UNAVAILABLE when nobody can say */
  find(kid: string): Promise<VerificationKey | undefined>;
}

type Keys = ReadonlyMap<string, VerificationKey>;

/** Parses a key set: JSON `{keys: [{kty, crv, x, kid, iss, subjects}]}`. */
export async function parseKeySet(text: string): Promise<Keys> {
  const { keys } = keySetFile.parse(JSON.parse(text));
  const imported = keys.map(async ({ kid, iss, subjects, ...jwk }) => {
    const key = (await importJWK(jwk as JWK, 'EdDSA')) as CryptoKey;
    return [kid, { kid, iss, subjects, key }] as const;
  });
  return new Map(await Promise.all(imported));
}

const RELOAD_MS = 5000;

/**
 * A key set in a file, read again when it is older than 5 s: keys appear and disappear without a restart.
 * While the file cannot be read the last copy still knows its keys; an unknown one is nobody's fault then.
 */
export function fileKeySet({ path, clock }: { path: string; clock: Clock }): KeySet {
  let keys: Keys = new Map();
  let readAt = -Infinity;
  let broken = true;
  let reading: Promise<void> | undefined;
  const read = async () => {
    try {
      keys = await parseKeySet(await readFile(path, 'utf8'));
      broken = false;
    } catch {
      broken = true;
    } finally {
      readAt = clock.epochMs();
      reading = undefined;
    }
  };
  return {
    find: async (kid) => {
      if (clock.epochMs() - readAt >= RELOAD_MS) await (reading ??= read());
      const found = keys.get(kid);
      if (!found && broken) throw authErrors.KEYS_UNAVAILABLE();
      return found;
    },
  };
}
