import type { Met } from './fates';
import { simulate } from './simulate';
import { mixedTenants } from './tenants';

/** What seeds went through, and what the first bad one of them broke. */
export type SeedSums = Readonly<{
  messages: number;
  redeliveries: number;
  restarts: number;
  /** Which crash points were met by which fate. */
  met: readonly Met[];
  broken: readonly string[];
}>;

/** Two more runs each: only every so many seeds are also asked for I8. */
const TENANTS_EVERY = 20;

const brokenTenants = (seed: number) => (seed % TENANTS_EVERY === 0 ? mixedTenants(seed) : []);

/** Runs seeds and adds up what they went through; stops at the first that breaks an oracle. */
export async function runSeeds(from: number, count: number): Promise<SeedSums> {
  const sums = { messages: 0, redeliveries: 0, restarts: 0 };
  const met = new Set<Met>();
  for (let seed = from; seed < from + count; seed++) {
    const { broken, stats } = await simulate(seed);
    const all = [...broken, ...(await brokenTenants(seed))];
    if (all.length > 0) return { ...sums, met: [...met], broken: [`SEED=${seed}`, ...all] };
    for (const each of stats.met) met.add(each);
    sums.messages += stats.messages;
    sums.redeliveries += stats.redeliveries;
    sums.restarts += stats.restarts;
  }
  return { ...sums, met: [...met], broken: [] };
}
