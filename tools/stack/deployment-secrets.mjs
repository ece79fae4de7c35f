// Secrets of a deployment as files: made once, then stable. The containers' user must read them, so the folder keeps
// strangers out and the files keep nobody.
import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { brokerKeys, seedFile } from '../lib/broker-keys.mjs';
import { topologyOfEnvironment } from '../lib/topology.mjs';
import { keyRing, publicKeys, signingKey } from './secrets.mjs';
import { SERVICES } from './services.mjs';

const require = createRequire(import.meta.url);
const MODE = 0o444;
const STORED = SERVICES.filter((service) => service !== 'gateway');
/** A database and its user are named as the context. */
const databaseOf = (service) => service.replaceAll('-', '_');

const kept = (file, make) => {
  if (!existsSync(file)) writeFileSync(file, make(), { mode: MODE });
  return readFileSync(file, 'utf8');
};
const password = () => randomBytes(24).toString('base64url');
const storeUrl = (service) => {
  const name = databaseOf(service);
  return `mongodb://${name}:${password()}@mongodb:27017/${name}?replicaSet=rs0`;
};

function files(folder) {
  const file = (name) => join(folder, name);
  const users = Object.keys(topologyOfEnvironment().permissions);
  const keys = brokerKeys(folder, users, MODE);
  writeFileSync(file('keys.conf'), require('@gts/contracts').brokerKeysConf(keys));
  const signing = Object.fromEntries(
    SERVICES.map((service) => [service, signingKey(file(`${service}-signing-key`), service, MODE)]),
  );
  const internalKeys = JSON.stringify(publicKeys(signing));
  writeFileSync(file('internal-keys'), internalKeys);
  kept(file('mongodb-root-password'), password);
  kept(file('mongodb-keyfile'), () => randomBytes(96).toString('base64'));
  return {
    internalKeys,
    signing,
    gatewayKeys: keyRing(file('gateway-keys'), MODE),
    seed: (user) => readFileSync(seedFile(folder, user), 'utf8').trim(),
    stores: Object.fromEntries(
      STORED.map((service) => [service, kept(file(`${service}-store-url`), () => storeUrl(service))]),
    ),
  };
}

const inCluster = (url) => url.replace('@mongodb:27017/', '@mongodb-0.mongodb.gts-data.svc:27017/');

/** What a secretGenerator of kustomize reads: a line a key. */
function environmentOf(service, made) {
  const own = made.stores[service]
    ? { 'store-url': inCluster(made.stores[service]) }
    : { 'gateway-keys': made.gatewayKeys };
  const all = {
    'nats-nkey': made.seed(service),
    'internal-signing-key': JSON.stringify(made.signing[service]),
    'internal-keys.json': made.internalKeys,
    ...own,
  };
  return Object.entries(all)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** Files for compose in `folder`; where `kubernetes` is given, files for a secretGenerator there. */
export function writeSecrets(folder, kubernetes) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const made = files(folder);
  if (kubernetes === undefined) return;
  mkdirSync(kubernetes, { recursive: true, mode: 0o700 });
  for (const service of SERVICES) writeFileSync(join(kubernetes, `${service}.env`), environmentOf(service, made));
  copyFileSync(join(folder, 'keys.conf'), join(kubernetes, 'keys.conf'));
  writeFileSync(join(kubernetes, 'topology.env'), `nats-nkey=${made.seed('topology')}\n`);
}
