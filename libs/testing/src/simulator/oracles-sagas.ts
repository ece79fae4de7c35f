import { type SagaDetail } from '@gts/saga';
import { documentsOf, messagesOf, sagasOf } from './evidence';
import type { Simulation } from './simulation';
import { endingRows, holdRows, jobRows } from './toy-rows';

/** A restarted poller may be this late. */
const SLACK_MS = 2200;

type Balance = Readonly<{ held: number; pinned: number; finished: number; failed: number; jobs: readonly string[] }>;
const NOTHING: Balance = { held: 0, pinned: 0, finished: 0, failed: 0, jobs: [] };

async function balances({ processes }: Simulation): Promise<ReadonlyMap<string, Balance>> {
  const all = new Map<string, Balance>();
  const add = (runId: string, part: Partial<Balance>) => all.set(runId, { ...(all.get(runId) ?? NOTHING), ...part });
  for (const { runId, held, released, pinned } of await documentsOf(processes['gear-catalog'], holdRows))
    add(runId, { held: held - released, pinned });
  for (const { runId, finished, failed } of await documentsOf(processes.shootouts, endingRows))
    add(runId, { finished, failed });
  for (const { runId, status } of await documentsOf(processes.rendering, jobRows))
    add(runId, { jobs: [...(all.get(runId)?.jobs ?? []), status] });
  return all;
}

const COMPLETED = { held: 1, pinned: 1, finished: 1, failed: 0, jobs: ['done'] };

function left({ state, key }: SagaDetail, { held, pinned, finished, failed, jobs }: Balance): string[] {
  const is = JSON.stringify({ held, pinned, finished, failed, jobs });
  if (state === 'completed') return is === JSON.stringify(COMPLETED) ? [] : [`I5: '${key}' is completed with ${is}`];
  if (state !== 'compensated') return [`I5: '${key}' is ${state}`];
  const open = jobs.some((each) => each === 'queued' || each === 'done');
  const clean = held === 0 && pinned === 0 && finished === 0 && failed === 1 && !open;
  return clean ? [] : [`I5: '${key}' is compensated with ${is}`];
}

/** I5: a saga that was asked for came to one end, and its end is what the rows of all services say. */
async function ended(simulation: Simulation): Promise<string[]> {
  const sagas = await sagasOf(simulation);
  const balance = await balances(simulation);
  const asked = messagesOf(simulation).filter(({ subject }) => subject.endsWith('.RunRequested'));
  const runs = new Set(asked.map(({ envelope }) => (envelope.data as { runId: string }).runId));
  const missing = runs.size === sagas.length ? [] : [`I5: ${sagas.length} sagas of ${runs.size} runs`];
  return [...missing, ...sagas.flatMap((saga) => left(saga, balance.get(saga.key) ?? NOTHING))];
}

/** I10: timers fire when due, or soon after their service and its store are back. */
function punctual({ timers, processes }: Simulation): string[] {
  return timers.flatMap(({ kind, latenessMs, atMs }) => {
    if (latenessMs < 0) return [`I10: a ${kind} fired ${-latenessMs} ms early`];
    const back = Math.max(...processes.shootouts.backs.filter((each) => each <= atMs));
    const late = atMs - Math.max(atMs - latenessMs, back);
    return late > SLACK_MS ? [`I10: a ${kind} fired ${late} ms late`] : [];
  });
}

export const sagaOracles = async (simulation: Simulation): Promise<readonly string[]> => [
  ...(await ended(simulation)),
  ...punctual(simulation),
];
