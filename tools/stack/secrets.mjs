// Secrets of a development stack: made once, kept in the data folder, readable by its owner only.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Which subjects a key may sign for: the gateway speaks for people, every service for itself.
const subjectsOf = (service) => (service === 'gateway' ? ['user:', 'service:gateway'] : [`service:${service}`]);

const OWNER_ONLY = 0o600;

/** Private Ed25519 key of a service as a JWK, made where the file is missing. */
export function signingKey(file, service, mode = OWNER_ONLY) {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    const jwk = { ...privateKey.export({ format: 'jwk' }), kid: `${service}-1`, alg: 'EdDSA' };
    writeFileSync(file, JSON.stringify(jwk), { mode });
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** A ring of one key, made where the file is missing. */
export function keyRing(file, mode = OWNER_ONLY) {
  if (!existsSync(file)) writeFileSync(file, `k1:${randomBytes(32).toString('base64')}`, { mode });
  return readFileSync(file, 'utf8');
}

/** The set that all services verify against, of the private keys by service. */
export const publicKeys = (signing) => ({
  keys: Object.entries(signing).map(([service, { d: _private, ...jwk }]) => ({
    ...jwk,
    iss: service,
    subjects: subjectsOf(service),
  })),
});

/** Key rings and one Ed25519 key a service, with the public set that all services verify against. */
export function secrets(dataDir, services) {
  const folder = join(dataDir, 'secrets');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const signing = Object.fromEntries(
    services.map((service) => [service, signingKey(join(folder, `${service}.jwk.json`), service)]),
  );
  const file = join(folder, 'internal-keys.json');
  writeFileSync(file, JSON.stringify(publicKeys(signing)), { mode: OWNER_ONLY });
  return {
    keysFile: file,
    signingKey: Object.fromEntries(Object.entries(signing).map(([service, jwk]) => [service, JSON.stringify(jwk)])),
    gatewayKeys: keyRing(join(folder, 'gateway-keys')),
    vaultKeys: keyRing(join(folder, 'vault-keys')),
  };
}
