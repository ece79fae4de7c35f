import { SYSTEM_TENANT, type TenantId } from '@gts/kernel';
import type { CollectionDef } from '@gts/persistence';
import { anId } from '../ids';
import { documentsOf, sagasOf } from './evidence';
import type { SimProcess } from './sim-process';
import { played } from './simulate';
import type { Simulation } from './simulation';
import type { SimProtection } from './toy-deps';
import { copyRows, effectRows, endingRows, holdRows, inspectionRows, jobRows, runRows, totalRows } from './toy-rows';

/** What came of one tenant: balances and ends; not how often something was tried, nor when. */
type Facts = Readonly<Record<string, unknown>>;
const TENANT = 1;

const mine = anId<'Tenant'>(TENANT) as TenantId;
const rowsOf = async <T>(process: SimProcess, def: CollectionDef<T>) =>
  (await documentsOf(process, def)).filter(({ meta }) => meta.tenantId === mine);
type Fact = readonly [name: string, fact: unknown];

async function ownersFacts(simulation: Simulation): Promise<Fact[]> {
  const { shootouts } = simulation.processes;
  const runs = await rowsOf(shootouts, runRows);
  const endings = await rowsOf(shootouts, endingRows);
  const sagas = (await sagasOf(simulation)).filter(({ tenantId }) => tenantId === mine);
  const answers = simulation.clients.ledger.filter(({ tenantId }) => tenantId === mine);
  return [
    ...runs.map(({ runId, notes, cancelled, commands }) => fact(`run ${runId}`, notes, cancelled, commands.length)),
    ...endings.map(({ runId, finished, failed }) => fact(`end ${runId}`, finished, failed)),
    ...sagas.map(({ key, state }) => fact(`saga ${key}`, state)),
    ...[...Map.groupBy(answers, ({ runId, verb }) => `answers to ${verb} of ${runId}`)].map(([name, deeds]) =>
      fact(name, ...deeds.map(({ outcome }) => outcome)),
    ),
  ];
}

async function gearFacts({ processes: { 'gear-catalog': gear } }: Simulation): Promise<Fact[]> {
  const holds = (await rowsOf(gear, holdRows)).filter(({ held, released, pinned }) => held !== released || pinned > 0);
  const copies = await rowsOf(gear, copyRows);
  // Also what belongs to nobody in particular: that every tenant reads.
  const totals = (await documentsOf(gear, totalRows)).filter(({ meta }) =>
    [mine, SYSTEM_TENANT].includes(meta.tenantId),
  );
  return [
    ...holds.map(({ runId, held, released, pinned }) => fact(`gear ${runId}`, held - released, pinned)),
    ...copies.map(({ runId, notes, cancelled, versions }) => fact(`copy ${runId}`, notes, cancelled, versions)),
    fact('effects', (await rowsOf(gear, effectRows)).length),
    fact('totals', ...totals.map(({ notes }) => notes)),
  ];
}

async function renderingFacts({ processes: { rendering } }: Simulation): Promise<Fact[]> {
  const inspections = await rowsOf(rendering, inspectionRows);
  const jobs = (await documentsOf(rendering, jobRows)).filter((job) => job.tenantId === mine && job.status === 'done');
  return [
    ...inspections.map(({ runId, state, ends }) => fact(`inspection ${runId}`, state, ends)),
    ...jobs.map(({ runId, status }) => fact(`job ${runId}`, status)),
  ];
}

const fact = (name: string, ...is: readonly unknown[]): Fact => [name, is];

/** Every fact of a tenant's final state under a name of its own. */
const factsOf = async (simulation: Simulation): Promise<Facts> =>
  Object.fromEntries([
    ...(await ownersFacts(simulation)),
    ...(await gearFacts(simulation)),
    ...(await renderingFacts(simulation)),
  ]);

/**
 * I8: a run of two tenants under the faults of a seed, restricted to one of them, equals that tenant's run alone in
 * fair weather. Nothing that others do, and nothing that goes wrong, changes what comes of it.
 */
export async function mixedTenants(seed: number, without: readonly SimProtection[] = []): Promise<readonly string[]> {
  const both = await played(seed, { without, apart: { tenants: [0, TENANT], storm: true } });
  const alone = await played(seed, { without, apart: { tenants: [TENANT], storm: false } });
  const [was, wanted] = [await factsOf(both), await factsOf(alone)];
  return [...new Set([...Object.keys(was), ...Object.keys(wanted)])]
    .filter((name) => JSON.stringify(was[name]) !== JSON.stringify(wanted[name]))
    .map((name) => `I8: ${name} is ${JSON.stringify(was[name])}, and ${JSON.stringify(wanted[name])} alone`);
}
