// Checks on a compose stack that runs: confinement, the hashes of the main job, and the death of every container.
import { freedoms } from './confined.ts';
import { containerOf, LASTING, pidOf, restartsOf, type RunningStack, SERVICES } from './containers.ts';
import { endings } from './endings.ts';
import { say } from './engine.ts';
import { evidenceOf, lossFaults, repetitionFaults } from './evidence.ts';
import { demoHashes, startJob } from './main-job.ts';
import { hashesOfProcesses } from './processes.ts';

type Faults = readonly string[];
export type Check = (stack: RunningStack) => Promise<Faults>;

/** Row 11: nothing that the process could do more than its work. */
const confinement: Check = async (stack) =>
  SERVICES.flatMap((service) => freedoms(containerOf(stack, service)).map((fault) => `${service}: ${fault}`));

/** The same bytes as from processes with the embedded store. */
const sameHashes: Check = async ({ address }) => {
  const [ours, theirs] = [await demoHashes(address), await hashesOfProcesses()];
  say(`     ${ours.length} hashes of the demo shootout`);
  const missing = theirs.filter((hash) => !ours.includes(hash));
  return ours.length === theirs.length ? missing.map((hash) => `no ${hash}`) : [`${theirs.length} through npm start`];
};

/** Kills one container while a job renders; it must end as if nothing had been. */
async function killDuring(stack: RunningStack, service: string, frequency: number): Promise<[string, Faults]> {
  const job = await startJob(stack.address, frequency);
  await job.untilRendering();
  const before = restartsOf(stack, service);
  if (await job.hasEnded()) return [job.id, [`${service}: the job was over before it could be killed`]];
  process.kill(pidOf(stack, service), 'SIGKILL');
  const end = await job.untilEnded();
  const faults = [
    ...(end === 'COMPLETED' ? [] : [`${service} killed: the job ended ${end}`]),
    ...(restartsOf(stack, service) > before ? [] : [`${service} killed: nobody started it again`]),
  ];
  return [job.id, faults];
}

const deaths: Check = async (stack) => {
  const ended: [string, Faults][] = [];
  for (const [at, service] of LASTING.entries()) {
    const start = performance.now();
    ended.push(await killDuring(stack, service, 100 + 7 * at));
    say(`     ${service} killed: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  const { events, ...held } = await evidenceOf(stack);
  say(`     ${events.length} events, ${held.messages.size} messages, ${held.rows.length} outbox rows`);
  return [
    ...ended.flatMap(([, faults]) => faults),
    ...repetitionFaults(
      events,
      ended.map(([id]) => id),
    ),
    ...lossFaults(held),
  ];
};

const checks: Readonly<Record<string, Check>> = {
  confinement,
  'same hashes as npm start': sameHashes,
  'end of every service, asked with work in flight': endings,
  'death of every container': deaths,
};

/** Runs every check; prints a line each. */
export async function drills(stack: RunningStack): Promise<boolean> {
  let ok = true;
  for (const [title, check] of Object.entries(checks)) {
    const start = performance.now();
    const faults = await check(stack);
    ok &&= faults.length === 0;
    say(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${title} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    for (const fault of faults) say(`     ${fault}`);
  }
  return ok;
}
