import { CONTEXTS } from '../operator.mjs';
import { fail, ok, warn } from './finding.mjs';

const AREA = 'flow';
const SLOW_S = 10;
const STALLED_S = 60;

function outbox(context, { pending, quarantined, oldestPendingAt }) {
  if (quarantined > 0)
    return fail(AREA, `${context}: ${quarantined} messages in quarantine`, `gts outbox list --context ${context}`);
  const age = oldestPendingAt ? (Date.now() - Date.parse(oldestPendingAt)) / 1000 : 0;
  const text = `${context}: ${pending} messages wait to be sent, the oldest for ${Math.round(age)} s`;
  if (age > STALLED_S) return fail(AREA, text, 'is the broker there, and its stream not full?');
  return age > SLOW_S ? warn(AREA, text, 'look again in a minute') : ok(AREA, `${context}: outbox flows`);
}

function letters(context, items) {
  const parked = items.filter(({ state }) => state === 'parked').length;
  if (parked === 0) return [];
  return [warn(AREA, `${context}: ${parked} dead letters`, `gts dlq list --context ${context}`)];
}

async function ofContext(api, context) {
  const [rows, { items }] = await Promise.all([
    api.get(`/admin/contexts/${context}/outbox`),
    api.get(`/admin/contexts/${context}/dead-letters?limit=100`),
  ]);
  return [outbox(context, rows), ...letters(context, items)];
}

/** Outboxes, dead letters and sagas, through the API of operators. */
export async function flow({ api }) {
  const client = await api();
  const [found, { items }] = await Promise.all([
    Promise.all(CONTEXTS.map((context) => ofContext(client, context))),
    client.get('/admin/contexts/shootouts/sagas?state=stuck'),
  ]);
  const stuck = items.length > 0 ? [fail(AREA, `${items.length} sagas are stuck`, 'gts saga list --state stuck')] : [];
  return [{ ...ok('services', 'the API answers'), answered: true }, ...found.flat(), ...stuck];
}
