// Secrets of a development stack: made once, kept in the data folder, readable by its owner only.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Which subjects a key may sign for: the gateway speaks for people, every service for itself.
const subjectsOf = (service) => (service === 'gateway' ? ['user:', 'service:gateway'] : [`service:${service}`]);

function keyOf(folder, service) {
  const file = join(folder, `${service}.jwk.json`);
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    const jwk = { ...privateKey.export({ format: 'jwk' }), kid: `${service}-1`, alg: 'EdDSA' };
    writeFileSync(file, JSON.stringify(jwk), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

function ring(folder, name) {
  const file = join(folder, name);
  if (!existsSync(file)) writeFileSync(file, `k1:${randomBytes(32).toString('base64')}`, { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

/** Key rings and one Ed25519 key a service, with the public set that all services verify against. */
export function secrets(dataDir, services) {
  const folder = join(dataDir, 'secrets');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keys = services.map((service) => [service, keyOf(folder, service)]);
  const set = keys.map(([service, { d: _private, ...jwk }]) => ({
    ...jwk,
    iss: service,
    subjects: subjectsOf(service),
  }));
  const file = join(folder, 'internal-keys.json');
  writeFileSync(file, JSON.stringify({ keys: set }), { mode: 0o600 });
  return {
    keysFile: file,
    signingKey: Object.fromEntries(keys.map(([service, jwk]) => [service, JSON.stringify(jwk)])),
    gatewayKeys: ring(folder, 'gateway-keys'),
    vaultKeys: ring(folder, 'vault-keys'),
  };
}
