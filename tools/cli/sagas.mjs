import { printJson, table, UsageError } from './arguments.mjs';
import { all, operator, theContext, theReason } from './operator.mjs';

const help = `Usage: npm run -s gts -- saga <verb> [--context C]

  list [--state S]                          sagas of the contexts that host some
  show ID --context C                       one of them with its timeline
  retry ID --context C --reason "…"         take a stuck or waiting one up again
  cancel ID --context C --reason "…"        undo a running one, while that is possible
  --json                                    one line of JSON
`;

const HOSTS = ['shootouts'];

async function list({ api, contexts, options }) {
  const found = [];
  const hosts = options.context ? contexts : HOSTS;
  for (const context of hosts)
    for (const each of await all(
      api,
      `/admin/contexts/${context}/sagas${options.state ? `?state=${options.state}` : ''}`,
    ))
      found.push({ context, ...each });
  if (options.json) return printJson(found);
  if (found.length === 0) return void process.stdout.write('no sagas\n');
  table(
    ['context', 'id', 'type', 'state', 'step', 'attempt', 'started'],
    found.map((each) => [
      each.context,
      each.id,
      each.type,
      each.undoing ? `${each.state} (undoing)` : each.state,
      each.step ?? '-',
      each.attempt,
      each.startedAt,
    ]),
  );
}

async function show({ api, contexts, words }) {
  const context = contexts.length === 1 ? contexts[0] : HOSTS[0];
  if (!words[0]) throw new UsageError('which? gts saga show ID; gts saga list shows the ids', help);
  const found = await api.get(`/admin/contexts/${context}/sagas/${encodeURIComponent(words[0])}`);
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
}

const change =
  (verb) =>
  async ({ api, contexts, words, options }) => {
    if (!words[0]) throw new UsageError(`which? gts saga ${verb} ID`, help);
    const id = encodeURIComponent(words[0]);
    const answer = await api.post(`/admin/contexts/${theContext(contexts, help)}/sagas/${id}/${verb}`, {
      reason: theReason(options, help),
    });
    process.stdout.write(`${JSON.stringify(answer ?? {})}\n`);
  };

export async function sagas(args) {
  const call = await operator(args, {
    options: { state: { type: 'string' } },
    help,
    verbs: ['list', 'show', 'retry', 'cancel'],
  });
  await { list, show, retry: change('retry'), cancel: change('cancel') }[call.verb](call);
}
