import { address, connect, printJson, read, table } from './arguments.mjs';
import { CONTEXTS } from './operator.mjs';

const help = `Usage: npm run -s gts -- doctor [--json]

Asks a running stack how it is: address, contexts, outboxes, dead letters, stuck sagas. Exit 1 when something is wrong.
`;

async function checks(api) {
  const found = [];
  const add = (what, ok, text) => found.push({ what, ok, text });
  const status = await api.get('/status');
  add('address', true, `${address()}, version ${status.version}`);
  for (const [context, state] of Object.entries(status.contexts)) add(context, state === 'up', state);
  for (const context of CONTEXTS) {
    const { pending, quarantined } = await api.get(`/admin/contexts/${context}/outbox`);
    add(`${context} outbox`, quarantined === 0 && pending < 1000, `${pending} waiting, ${quarantined} quarantined`);
    const { items } = await api.get(`/admin/contexts/${context}/dead-letters?limit=100`);
    const parked = items.filter((each) => each.state === 'parked').length;
    add(
      `${context} dead letters`,
      parked === 0,
      parked === 0 ? 'none' : `${parked} parked: gts dlq list --context ${context}`,
    );
  }
  const { items } = await api.get('/admin/contexts/shootouts/sagas?state=stuck');
  add(
    'sagas',
    items.length === 0,
    items.length === 0 ? 'none stuck' : `${items.length} stuck: gts saga list --state stuck`,
  );
  return found;
}

export async function doctor(args) {
  const { options } = read(args, { json: { type: 'boolean' } }, help);
  const found = await checks(await connect('cleo'));
  if (options.json) printJson(found);
  else
    table(
      ['', 'what', 'how'],
      found.map(({ what, ok, text }) => [ok ? 'ok' : 'WRONG', what, text]),
    );
  if (found.some((each) => !each.ok)) process.exitCode = 1;
}
