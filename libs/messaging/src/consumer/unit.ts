import { filterOf, type MessageDef } from '@gts/contracts';
import { epochMsOf, type MessageId } from '@gts/kernel';
import type { Unit } from '@gts/persistence';
import { Unfit } from '../incoming';
import { noLog, noMetrics } from '../ports';
import { serviceContext } from '../service-context';
import { excuse, forget } from './attempts';
import type { ConsumerDeps } from './deps';
import { Gates } from './gates';
import { contextOf, fieldsOf, type Item, spanOf } from './item';
import type { Kind } from './kind';
import { deadLetterRows } from './rows';

/** What became of one message in its unit. */
export type Outcome = 'applied' | 'already' | 'old' | 'gap' | 'long gap';
type Run = Readonly<{ unit: Unit; seen: Map<MessageId, string>; gates: Gates; kind: Kind; deps: ConsumerDeps }>;

function isDuplicate({ seen }: Run, { parsed, digest }: Item): boolean {
  const before = seen.get(parsed.message.id);
  if (before !== undefined && before !== digest) throw new Unfit('ID_CONFLICT', 'the same id with another body');
  return before !== undefined;
}

async function enter(run: Run, item: Item): Promise<Outcome | undefined> {
  const { unit, seen, gates, kind } = run;
  const { message } = item.parsed;
  if (kind.inbox && !run.deps.without.includes('inbox')) {
    if (isDuplicate(run, item)) return 'already';
    await unit.inbox.insert(kind.durable, message.id, item.digest);
    seen.set(message.id, item.digest);
  }
  if (!kind.gate || run.deps.without.includes('versionGate')) return undefined;
  return gates.judge(message);
}

const spanNames = new WeakMap<MessageDef, string>();
function spanName(def: MessageDef): string {
  let name = spanNames.get(def);
  if (name === undefined) spanNames.set(def, (name = `process ${filterOf(def)}`));
  return name;
}

async function effect(run: Run, item: Item): Promise<Outcome> {
  const { unit, kind, deps } = run;
  const verdict = await enter(run, item);
  if (verdict !== undefined) return verdict;
  const { def, message } = item.parsed;
  if (!def) return 'applied';
  const { clock, tracer, log } = deps;
  await tracer(spanName(def), spanOf(item, kind.durable), (traceparent) => {
    const ctx = contextOf(item, { deadline: clock.epochMs() + kind.timeoutMs, traceparent });
    const applied = kind.apply(message, unit.with(ctx).ctx, item.prepared);
    // The line belongs into the span; without a reader none is built.
    return log === noLog ? applied : applied.then(() => log.debug(fieldsOf(item, kind.durable), 'message applied'));
  });
  return 'applied';
}

async function close(run: Run, item: Item, outcome: Outcome): Promise<void> {
  const { unit, kind } = run;
  const at = { consumer: kind.durable, key: item.key };
  const waits = outcome === 'gap' || outcome === 'long gap';
  if (item.redriving && !waits) {
    const rows = unit.collection(deadLetterRows);
    const row = await rows.get(`${kind.durable}/${item.key}`);
    const { meta: _meta, ...letter } = row;
    await rows.put(letter.key, { ...letter, state: 'resolved', lastFailureAt: await unit.now() });
  }
  if (!item.guarded) return;
  if (waits) await excuse(unit, at, true);
  else await forget(unit, at);
}

function tellAge({ deps, kind }: Run, { parsed: { message } }: Item): void {
  const ageMs = deps.clock.epochMs() - epochMsOf(message.occurredAt);
  deps.metrics.observe('messaging_event_age_seconds', Math.max(0, ageMs) / 1000, { consumer: kind.durable });
}

async function runAll(run: Run, items: readonly Item[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const item of items) {
    const outcome = await effect(run, item);
    if (item.guarded || item.redriving) await close(run, item, outcome);
    if (run.deps.metrics !== noMetrics) tellAge(run, item);
    outcomes.push(outcome);
  }
  await run.gates.save();
  return outcomes;
}

/** Inbox, gate and effect of all items in one unit, in order; any throw leaves nothing. */
export async function runUnit(deps: ConsumerDeps, kind: Kind, items: readonly Item[]): Promise<Outcome[]> {
  const ctx = serviceContext(deps.service, kind.name);
  const ids = items.map(({ parsed }) => parsed.message.id);
  const work = async (unit: Unit) => {
    const seen = new Map(kind.inbox ? await unit.inbox.seen(kind.durable, ids) : []);
    const gates = new Gates(unit, kind.durable, epochMsOf(await unit.now()));
    if (kind.gate && items.length > 1) await gates.prefetch(items.map(({ parsed }) => parsed.message));
    const done = await runAll({ unit, seen, gates, kind, deps }, items);
    await deps.probe?.('consumer.afterApply');
    return done;
  };
  const outcomes = await deps.store.transaction(ctx, work, { batch: items.length > 1 });
  await deps.probe?.('consumer.afterCommit');
  return outcomes;
}
