import { printJson, table, UsageError } from './arguments.mjs';
import { all, operator, theContext, theReason } from './operator.mjs';

const help = `Usage: npm run -s gts -- outbox <verb> [--context C]

  status                            how many messages wait, how old the oldest is, how many are quarantined
  list                              the quarantined ones of all contexts, or of --context C
  release ID… --context C --reason "…"
                                    send them again, and what waits behind them
  skip ID… --context C --reason "…"
                                    give them up: readers that count versions see a gap and ask the owner
  republish --since INSTANT --context C --reason "…" [--stream S] [--run]
                                    send again what was sent since then: same bytes, same ids, so effects stay once;
                                    without --run it says how many
  --json                            one line of JSON
`;

async function status({ api, contexts, options }) {
  const rows = [];
  for (const context of contexts) {
    const { pending, quarantined, oldestPendingAt } = await api.get(`/admin/contexts/${context}/outbox`);
    rows.push({ context, pending, quarantined, oldestPendingAt: oldestPendingAt ?? null });
  }
  if (options.json) return printJson(rows);
  table(
    ['context', 'pending', 'quarantined', 'oldest'],
    rows.map((row) => [row.context, row.pending, row.quarantined, row.oldestPendingAt ?? '-']),
  );
}

async function list({ api, contexts, options }) {
  const found = [];
  for (const context of contexts)
    for (const each of await all(api, `/admin/contexts/${context}/outbox?state=quarantined`))
      found.push({ context, ...each });
  if (options.json) return printJson(found);
  if (found.length === 0) return void process.stdout.write('nothing is quarantined\n');
  table(
    ['context', 'id', 'order', 'error', 'since'],
    found.map((each) => [each.context, each.id, `${each.orderKey}#${each.orderSeq}`, each.lastError, each.createdAt]),
  );
}

const judge =
  (verb) =>
  async ({ api, contexts, words, options }) => {
    if (words.length === 0) throw new UsageError(`which? gts outbox ${verb} ID; gts outbox list shows the ids`, help);
    const reason = theReason(options, help);
    const path = `/admin/contexts/${theContext(contexts, help)}/outbox/${verb}`;
    const answer = await api.post(path, { ids: words, reason });
    if (options.json) return printJson(answer);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  };

async function republish({ api, contexts, words, options }) {
  const { since, stream, run = false } = options;
  if (words.length > 0 || Number.isNaN(Date.parse(since ?? '')))
    throw new UsageError('since when? gts outbox republish --since 2026-01-31T12:00:00Z', help);
  const about = { dryRun: !run, reason: theReason(options, help), ...(stream !== undefined && { stream }) };
  const body = { since: new Date(since).toISOString(), ...about };
  const answer = await api.post(`/admin/contexts/${theContext(contexts, help)}/outbox/republish`, body);
  if (options.json) return printJson(answer);
  const { matched, republished, dryRun } = answer;
  const told = dryRun ? `${matched} would be sent again: --run` : `${republished} of ${matched} are sent again`;
  process.stdout.write(`${told}\n`);
}

const verbs = { status, list, release: judge('release'), skip: judge('skip'), republish };
const settings = { since: { type: 'string' }, stream: { type: 'string' }, run: { type: 'boolean' } };

export async function outbox(args) {
  const call = await operator(args, { help, options: settings, verbs: Object.keys(verbs) });
  await verbs[call.verb](call);
}
