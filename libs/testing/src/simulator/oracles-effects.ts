import { consumersOf, type DeclaredSubscription, type Envelope } from '@gts/contracts';
import type { MessageId } from '@gts/kernel';
import { gateRows } from '@gts/messaging';
import type { CollectionDef } from '@gts/persistence';
import { documentsOf, inboxOf, messagesOf } from './evidence';
import { parkedIn } from './oracles-delivery';
import type { SimProcess } from './sim-process';
import type { Simulation } from './simulation';
import { copyRows, effectRows, endingRows, holdRows, runRows } from './toy-rows';

const NOTES = 'gear-catalog__notes';

/** I2: a message has one effect in a consumer. */
async function once(simulation: Simulation): Promise<string[]> {
  const effects = await documentsOf(simulation.processes['gear-catalog'], effectRows);
  const parked = await parkedIn(simulation);
  const had = new Map(effects.map(({ messageId, count }) => [messageId, count]));
  const noted = messagesOf(simulation).filter(({ subject }) => subject.endsWith('.RunNoted'));
  const ids = [...new Set(noted.map(({ envelope }) => envelope.id as string))];
  return ids.flatMap((id) => {
    const times = had.get(id) ?? 0;
    if (times > 1) return [`I2: '${id}' had ${times} effects`];
    return times === 0 && simulation.quiet && !parked.has(`${NOTES}:${id}`) ? [`I2: '${id}' had no effect`] : [];
  });
}

async function handled(process: SimProcess, durable: string, ids: readonly MessageId[]): Promise<ReadonlySet<string>> {
  const gates = new Map((await documentsOf(process, gateRows)).map(({ meta, lastVersion }) => [meta.id, lastVersion]));
  const seen = await inboxOf(process, durable, ids);
  const gated = [...gates].flatMap(([key, last]) => Array.from({ length: last }, (_, at) => `${key}/${at + 1}`));
  return new Set([...seen.keys(), ...gated]);
}

const asks = ({ from }: DeclaredSubscription, { type, aggregate }: Envelope): boolean =>
  'aggregate' in from ? aggregate?.type === from.aggregate : from.some((def) => def.type === type);

async function lostBy(simulation: Simulation, subscription: DeclaredSubscription, parked: ReadonlySet<string>) {
  const durable = consumersOf(subscription)[0]?.durable ?? '';
  const process = Object.values(simulation.processes).find((each) => each.service === subscription.service);
  if (!process) return [`I6: nobody runs ${durable}`];
  const asked = messagesOf(simulation).filter(({ envelope }) => asks(subscription, envelope));
  const done = await handled(
    process,
    durable,
    asked.map(({ envelope }) => envelope.id),
  );
  const gate = ({ aggregate: at }: Envelope) => `${durable}/${at?.type}/${at?.id}/${at?.version}`;
  return asked
    .map(({ envelope }) => envelope)
    .filter((each) => !done.has(each.id) && !done.has(gate(each)) && !parked.has(`${durable}:${each.id}`))
    .map(({ id }) => `I6: ${durable} lost ${id}`);
}

/** I6: what was published is handled, skipped by a gate, or parked, in every consumer that asked for it. */
async function accounted(simulation: Simulation): Promise<string[]> {
  if (!simulation.quiet) return [];
  const parked = await parkedIn(simulation);
  const lost = await Promise.all(simulation.subscriptions.map((each) => lostBy(simulation, each, parked)));
  return lost.flat();
}

/** I7: what was answered is true; what was not has zero effects or one. */
async function truthful({ processes, clients }: Simulation): Promise<string[]> {
  const runs = new Map((await documentsOf(processes.shootouts, runRows)).map((each) => [each.runId, each]));
  return clients.ledger.flatMap(({ runId, command, outcome, verb }) => {
    const times = runs.get(runId)?.commands.filter((each) => each === command).length ?? 0;
    const right = outcome === 'ok' ? times === 1 : outcome === 'refused' ? times === 0 : times <= 1;
    return right ? [] : [`I7: ${verb} of '${runId}' is ${outcome}, and had ${times} effects`];
  });
}

/** I8: a document belongs to the tenant whose message made it. */
async function apart({ processes }: Simulation): Promise<string[]> {
  const of = async (process: SimProcess, def: CollectionDef<{ runId: string }>) =>
    (await documentsOf(process, def)).map((each) => ({ ...each, name: def.name }));
  const gear = processes['gear-catalog'];
  const loose = <T>(def: CollectionDef<T>) => def as unknown as CollectionDef<{ runId: string }>;
  const all = [
    ...(await of(processes.shootouts, loose(runRows))),
    ...(await of(processes.shootouts, loose(endingRows))),
    ...(await of(gear, loose(holdRows))),
    ...(await of(gear, loose(copyRows))),
    ...(await of(gear, loose(effectRows))),
  ];
  return all.flatMap(({ runId, meta, name }) =>
    runId.startsWith(`tenant ${Number(meta.tenantId.slice(-1))} `)
      ? []
      : [`I8: ${name} of '${runId}' lies with ${meta.tenantId}`],
  );
}

export const effectOracles = async (simulation: Simulation): Promise<readonly string[]> => [
  ...(await once(simulation)),
  ...(await accounted(simulation)),
  ...(await truthful(simulation)),
  ...(await apart(simulation)),
];
