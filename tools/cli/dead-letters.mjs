import { printJson, table, UsageError } from './arguments.mjs';
import { all, operator, theContext, theReason } from './operator.mjs';

const help = `Usage: npm run -s gts -- dlq <verb> [--context C]

  list                              dead letters of all contexts, or of --context C
  show KEY --context C              one of them, whole
  redrive KEY… --context C --reason "…" [--run]
                                    handle them again, at their consumer only; without --run it says what it would do
  discard KEY… --context C --reason "…"
  --json                            one line of JSON
`;

async function list({ api, contexts, options }) {
  const found = [];
  for (const context of contexts)
    for (const each of await all(api, `/admin/contexts/${context}/dead-letters`)) found.push({ context, ...each });
  if (options.json) return printJson(found);
  if (found.length === 0) return void process.stdout.write('no dead letters\n');
  table(
    ['context', 'key', 'state', 'reason', 'redriven', 'last failure'],
    found.map((each) => [each.context, each.key, each.state, each.reason, each.redriveCount, each.lastFailureAt]),
  );
}

async function show({ api, contexts, words }) {
  const context = theContext(contexts, help);
  if (!words[0]) throw new UsageError('which? gts dlq show KEY; gts dlq list shows the keys', help);
  const found = await api.get(`/admin/contexts/${context}/dead-letters/${encodeURIComponent(words[0])}`);
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
}

const change =
  (verb) =>
  async ({ api, contexts, words, options }) => {
    if (words.length === 0) throw new UsageError(`which? gts dlq ${verb} KEY`, help);
    const reason = theReason(options, help);
    const dryRun = verb === 'redrive' ? { dryRun: !options.run } : {};
    const answer = await api.post(`/admin/contexts/${theContext(contexts, help)}/dead-letters/${verb}`, {
      keys: words,
      reason,
      ...dryRun,
    });
    if (options.json) return printJson(answer);
    process.stdout.write(
      `${JSON.stringify(answer)}\n${verb === 'redrive' && !options.run ? 'Nothing was done yet: add --run.\n' : ''}`,
    );
  };

export async function deadLetters(args) {
  const call = await operator(args, {
    options: { run: { type: 'boolean' } },
    help,
    verbs: ['list', 'show', 'redrive', 'discard'],
  });
  await { list, show, redrive: change('redrive'), discard: change('discard') }[call.verb](call);
}
