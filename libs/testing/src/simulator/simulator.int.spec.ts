import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CrashPoint } from '@gts/kernel';
import { type Doom, FATES, PASSED } from './fates';
import type { SeedSums } from './seeds';
import { simulate } from './simulate';
import type { SimProtection } from './toy-deps';
import { mixedTenants } from './tenants';

// `SEED=n` replays one seed with its story; `SEEDS=n` runs more of them.
const only = process.env['SEED'];
const SEEDS = Number(process.env['SEEDS'] ?? 2000);
const THREADS = 2;
const PATIENT_A_SEED_MS = 200;
const ENOUGH = 600;
/** Hundreds of runs in one test: a limit for hanging only, also on a busy machine. */
const PATIENT_MS = 120_000;

async function replay(seed: number): Promise<readonly string[]> {
  const { broken, stats } = await simulate(seed, { trace: (line) => void process.stdout.write(`${line}\n`) });
  process.stdout.write(`${JSON.stringify(stats)}\n`);
  return [...broken, ...(await mixedTenants(seed))];
}

/** A share of the seeds in a thread of its own, on built files: threads do not pass through Jest's transformer. */
async function inThread(from: number, count: number): Promise<SeedSums> {
  const worker = new Worker(join(__dirname, '../../dist/simulator/seed-worker.js'), {
    workerData: { from, count },
    execArgv: ['--disable-warning=AfterCommitWarning'],
  });
  const [sums] = (await once(worker, 'message')) as [SeedSums];
  return sums;
}

/** The first oracle of that number which a run without the protections breaks. */
async function noticed(without: readonly SimProtection[], oracle: RegExp): Promise<string> {
  for (let seed = 1; seed <= ENOUGH; seed++) {
    const { broken } = await simulate(seed, { without });
    const found = broken.find((each) => oracle.test(each));
    if (found !== undefined) return found;
  }
  return `nothing in ${ENOUGH} seeds`;
}

if (only !== undefined)
  test(`seed ${only} keeps its promises`, async () => {
    expect(await replay(Number(only))).toEqual([]);
  });

if (only === undefined)
  test(
    `${SEEDS} runs keep every promise, whatever is lost, late, twice, killed, thrown or hangs`,
    async () => {
      const share = Math.ceil(SEEDS / THREADS);
      const shares = await Promise.all(Array.from({ length: THREADS }, (_, at) => inThread(at * share + 1, share)));
      expect(shares.flatMap(({ broken }) => broken)).toEqual([]);
      const sum = (what: 'restarts' | 'redeliveries' | 'messages') =>
        shares.reduce((total, each) => total + each[what], 0);
      const met = new Set(shares.flatMap((each) => each.met));
      const all = PASSED.flatMap((point) => FATES.map((fate) => `${fate} at ${point}` as const));
      const unmet = all.filter((each) => !met.has(each));
      // A few seeds alone cannot meet everything.
      expect(SEEDS < 1000 ? [] : unmet).toEqual([]);
      // A storm that never blew proves nothing.
      expect(sum('restarts')).toBeGreaterThan(SEEDS);
      expect(sum('redeliveries')).toBeGreaterThan(SEEDS);
      expect(sum('messages')).toBeGreaterThan(20 * SEEDS);
    },
    SEEDS * PATIENT_A_SEED_MS,
  );

test.each<[readonly SimProtection[], RegExp]>([
  [['inbox'], /^I2/],
  [['messageId'], /^I1/],
  [['epoch check'], /^I5/],
  [['guard'], /^I6/],
  [['ackAfterCommit'], /^(I2|I6)/],
  [['versionGate'], /^(I3|I4)/],
  [['headsRead'], /^I3/],
  [['undo armed before send'], /^I5/],
  [['participant fence'], /^I5/],
  // A fence alone keeps late commands out: what a tombstone is for shows where there is none.
  [['participant fence', 'tombstone'], /^I5.*"held":1/],
  [['workInbox'], /^I2: the inspection/],
  [['workAttempts'], /^I6/],
])(
  'without %j an oracle breaks',
  async (protections, oracle) => {
    expect(await noticed(protections, oracle)).toMatch(oracle);
  },
  PATIENT_MS,
);

test('without tenant scope an oracle breaks', async () => {
  expect((await mixedTenants(1, ['tenant scope'])).join('\n')).toMatch(/^I8/);
});

/** The first seed whose single run ends so, and the crash points which it passes. */
async function fairWeather(outcome: string) {
  for (let seed = 1; seed <= ENOUGH; seed++) {
    const { stats } = await simulate(seed, { only: 'nothing' });
    if (stats.outcomes.join() === outcome) return { seed, passed: stats.passed };
  }
  throw new Error(`no run ends ${outcome}`);
}

/** Deaths at every passage; other fates at the first passage of each point. */
const dooms = (passed: readonly CrashPoint[]): Doom[] => {
  const passages = passed.map((point, at) => ({
    point,
    nth: passed.slice(0, at + 1).filter((p) => p === point).length,
  }));
  return FATES.flatMap((fate) =>
    passages.filter(({ nth }) => fate === 'kill' || nth === 1).map((passage) => ({ ...passage, fate })),
  );
};

test.each(['completed', 'compensated'])(
  'a run that ends %s: no fate at any of its crash points breaks a promise',
  async (outcome) => {
    const { seed, passed } = await fairWeather(outcome);
    for (const only of dooms(passed)) {
      const { broken } = await simulate(seed, { only });
      expect(broken.map((each) => `seed ${seed}, ${JSON.stringify(only)}: ${each}`)).toEqual([]);
    }
  },
  PATIENT_MS,
);

test('the same seed tells the same story', async () => {
  const story = async () => {
    const lines: string[] = [];
    await simulate(16, { trace: (line) => void lines.push(line) });
    return lines;
  };
  expect(await story()).toEqual(await story());
});
