import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTEXTS } from '../operator.mjs';
import { fail, ok, warn } from './finding.mjs';

const AREA = 'keys';
const DAY_S = 86_400;
const SOON_DAYS = 14;

function expiry(keys) {
  const soon = keys.filter(({ exp }) => exp !== undefined && exp < Date.now() / 1000 + SOON_DAYS * DAY_S);
  if (soon.length === 0) return [];
  return [
    warn(AREA, `${soon.map(({ kid }) => kid).join(', ')} expire within ${SOON_DAYS} days`, 'add the next key now'),
  ];
}

function keySet(file) {
  try {
    const { keys } = JSON.parse(readFileSync(file, 'utf8'));
    const lacking = ['gateway', ...CONTEXTS].filter((name) => !keys.some(({ iss }) => iss === name));
    if (lacking.length > 0) return [fail(AREA, `no public key of ${lacking.join(', ')}`, `add it to ${file}`)];
    return [ok(AREA, `${keys.length} public keys, one a service`), ...expiry(keys)];
  } catch {
    return [fail(AREA, `${file} is no key set`, 'restore it, or let npm start make a new one')];
  }
}

/** The ring must be there once identity keeps secrets of others. */
function ring(file, name) {
  if (!existsSync(file)) return fail(AREA, `no ${name}`, 'restore it: without it what it encrypted is lost');
  const ids = readFileSync(file, 'utf8')
    .split(',')
    .map((each) => each.split(':')[0]);
  return ok(AREA, `${name}: ${ids.join(', ')}`);
}

export async function keys({ dataDir }) {
  const folder = join(dataDir, 'secrets');
  const file = process.env.INTERNAL_KEYS_FILE ?? join(folder, 'internal-keys.json');
  if (!existsSync(file))
    return [warn(AREA, 'not looked at: no key set here', 'set INTERNAL_KEYS_FILE, or GTS_DATA_DIR')];
  const rings = existsSync(folder)
    ? [ring(join(folder, 'vault-keys'), 'vault ring'), ring(join(folder, 'gateway-keys'), 'gateway ring')]
    : [];
  return [...keySet(file), ...rings];
}
