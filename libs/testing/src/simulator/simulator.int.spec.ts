import { simulate, type SimProtection } from './simulate';

// `SEED=n` replays one seed with its story; `SEEDS=n` runs more of them.
const only = process.env['SEED'];
const SEEDS = Number(process.env['SEEDS'] ?? 2000);
const CHUNK = 100;
const ENOUGH = 600;
/** Hundreds of runs in one test: a limit for hanging only, also on a busy machine. */
const PATIENT_MS = 120_000;

async function replay(seed: number): Promise<readonly string[]> {
  const { broken, stats } = await simulate(seed, { trace: (line) => void process.stdout.write(`${line}\n`) });
  process.stdout.write(`${JSON.stringify(stats)}\n`);
  return broken;
}

/** Runs seeds and adds up what they went through; stops at the first that breaks an oracle. */
async function runSeeds(from: number, count: number) {
  const sums = { messages: 0, redeliveries: 0, restarts: 0 };
  for (let seed = from; seed < from + count; seed++) {
    const { broken, stats } = await simulate(seed);
    if (broken.length > 0) return { ...sums, broken: [`SEED=${seed}`, ...broken] };
    sums.messages += stats.messages;
    sums.redeliveries += stats.redeliveries;
    sums.restarts += stats.restarts;
  }
  return { ...sums, broken: [] };
}

/** The first oracle of that number which a run without the protection breaks. */
async function noticed(without: SimProtection, oracle: RegExp): Promise<string> {
  for (let seed = 1; seed <= ENOUGH; seed++) {
    const { broken } = await simulate(seed, { without: [without] });
    const found = broken.find((each) => oracle.test(each));
    if (found !== undefined) return found;
  }
  return `nothing in ${ENOUGH} seeds`;
}

if (only !== undefined)
  test(`seed ${only} keeps its promises`, async () => {
    expect(await replay(Number(only))).toEqual([]);
  });

const chunks = only === undefined ? Array.from({ length: Math.ceil(SEEDS / CHUNK) }, (_, at) => at * CHUNK + 1) : [];

describe.each(chunks)('seeds from %i', (from) => {
  test(
    `${CHUNK} runs keep every promise, whatever is lost, late, twice or killed`,
    async () => {
      const { broken, ...sums } = await runSeeds(from, CHUNK);
      expect(broken).toEqual([]);
      // A storm that never blew proves nothing.
      expect(sums.restarts).toBeGreaterThan(CHUNK);
      expect(sums.redeliveries).toBeGreaterThan(CHUNK);
      expect(sums.messages).toBeGreaterThan(20 * CHUNK);
    },
    PATIENT_MS,
  );
});

test.each<[SimProtection, RegExp]>([
  ['inbox', /^I2/],
  ['messageId', /^I1/],
  ['epoch check', /^I5/],
  ['guard', /^I6/],
  ['ackAfterCommit', /^(I2|I6)/],
  ['versionGate', /^(I3|I4)/],
  ['headsRead', /^I3/],
  ['undo armed before send', /^I5/],
])('without %s an oracle breaks', async (protection, oracle) => {
  expect(await noticed(protection, oracle)).toMatch(oracle);
});

/** The first seed whose single run ends so. */
async function fairWeather(outcome: string) {
  for (let seed = 1; seed <= ENOUGH; seed++) {
    const { stats } = await simulate(seed, { crashAt: 0 });
    if (stats.outcomes.join() === outcome) return { seed, points: stats.points };
  }
  throw new Error(`no run ends ${outcome}`);
}

test.each(['completed', 'compensated'])(
  'a run that ends %s: a death at any of its crash points breaks no promise',
  async (outcome) => {
    const { seed, points } = await fairWeather(outcome);
    for (let crashAt = 1; crashAt <= points; crashAt++) {
      const { broken } = await simulate(seed, { crashAt });
      expect(broken.map((each) => `seed ${seed}, point ${crashAt}: ${each}`)).toEqual([]);
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
