// Databases of MongoDB, looked at by a connection as services open it.
import { createRequire } from 'node:module';
import { plain } from '../../lib/plain-address.mjs';
import { storeOf } from '../../stack/store-url.mjs';
import { CONTEXTS } from '../operator.mjs';
import { fail, laterRelease, megabytes, ok, warn } from './finding.mjs';

const require = createRequire(import.meta.url);
const AREA = 'store';

/** The address is of one service's database, or, as for `npm start`, of the server that keeps one for each. */
function databasesOf(storeUrl) {
  const name = plain(storeUrl).split('/')[3] ?? '';
  const isOne = CONTEXTS.some((context) => name === context || name.endsWith(`_${context}`));
  return isOne ? [storeUrl] : CONTEXTS.map((context) => storeOf(storeUrl, context));
}

function unreachable({ code, message }) {
  if (code === 'STORE.ACCESS_DENIED')
    return [message, 'gts store init gives every service its user; is it the password?'];
  if (/not a replica set/.test(message)) return [message, 'start mongod with --replSet, then gts store init'];
  return [message.split('\n')[0], 'is it running, are all members?'];
}

function judge(name, { replicaSet, members, durability, missing, contracted, bytes }, env) {
  if (contracted.length > 0) return fail(AREA, `${name}: ${laterRelease(contracted)}`, 'run that release');
  if (missing.length > 0)
    return warn(AREA, `${name}: ${missing[0]}`, 'start its service with MIGRATIONS=apply, or run its migration job');
  const say = env.DURABILITY === 'strict' ? fail : warn;
  if (durability !== 'strict') return say(AREA, `${name}: durability ${durability}`, 'majority and journal for writes');
  const set = `replica set ${replicaSet} of ${members}`;
  return ok(AREA, `${name}: MongoDB, ${set}, majority and journal, ${megabytes(bytes)}`);
}

async function database(url, { withinMs, env }) {
  const { lookIntoMongo } = require('@gts/persistence');
  const name = plain(url);
  try {
    return { ...judge(name, await lookIntoMongo({ url, withinMs: withinMs - 200 }), env), answered: true };
  } catch (error) {
    const [text, next] = unreachable(error);
    return fail(AREA, `${name}: ${text}`, next);
  }
}

export const mongo = ({ storeUrl, ...world }) => Promise.all(databasesOf(storeUrl).map((url) => database(url, world)));
