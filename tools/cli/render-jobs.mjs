import { printJson, table, UsageError } from './arguments.mjs';
import { all, operator, theReason } from './operator.mjs';

const help = `Usage: npm run -s gts -- render-jobs <verb>

  list                        renders of every workspace that wait or run, oldest first
  show ID                     how far one of them is
  cancel ID --reason "…"      end one; its shootout is FAILED with the code cancelled
  --json                      one line of JSON
`;

async function list({ api, options }) {
  const found = await all(api, '/admin/render-jobs');
  if (options.json) return printJson(found);
  if (found.length === 0) return void process.stdout.write('nothing waits or runs\n');
  table(
    ['id', 'workspace', 'shootout', 'status', 'tones', 'accepted', 'started'],
    found.map(({ runId, tenantId, shootoutId, status, tones, acceptedAt, startedAt }) => [
      runId,
      tenantId,
      shootoutId,
      status,
      tones,
      acceptedAt,
      startedAt ?? '-',
    ]),
  );
}

async function show({ api, words }) {
  if (!words[0]) throw new UsageError('which? gts render-jobs show ID; gts render-jobs list shows the ids', help);
  const found = await api.get(`/admin/render-jobs/${encodeURIComponent(words[0])}`);
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
}

async function cancel({ api, words, options }) {
  if (!words[0]) throw new UsageError('which? gts render-jobs cancel ID; gts render-jobs list shows the ids', help);
  const path = `/admin/render-jobs/${encodeURIComponent(words[0])}/cancel`;
  printJson(await api.post(path, { reason: theReason(options, help) }));
}

export async function renderJobs(args) {
  const call = await operator(args, { help, verbs: ['list', 'show', 'cancel'] });
  await { list, show, cancel }[call.verb](call);
}
