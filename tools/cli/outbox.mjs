import { printJson, table } from './arguments.mjs';
import { operator } from './operator.mjs';

const help = `Usage: npm run -s gts -- outbox status [--context C] [--json]

How many messages wait to be sent, how old the oldest is, and how many are quarantined.
`;

export async function outbox(args) {
  const { api, contexts, options } = await operator(args, { help, verbs: ['status'] });
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
