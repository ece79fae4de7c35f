import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const MIB = 2 ** 20;
type Report = Readonly<{
  seed: number;
  cases: number;
  outcomes: Readonly<Record<string, number>>;
  grown: Readonly<{ heap: number; rss: number }>;
  slowestMs: number;
}>;

/**
 * A process of its own: it may be asked to collect its garbage, and a crash is its end. What breaks the rules (an error
 * that is no refusal of the closed list, a sound with NaN, a second spent on one file) ends it with the seed.
 */
test('mutants of sound files end in a refusal of the closed list or in a sound, and leave no memory behind', () => {
  const script = join(__dirname, '../../../tests/support/fuzz.cjs');
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', script], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  const { cases, outcomes, grown } = JSON.parse(stdout) as Report;
  // FUZZ_CASES makes a run shorter or longer; by itself it has as many as the design wants.
  expect(cases).toBeGreaterThanOrEqual(20_000);
  expect(grown.heap).toBeLessThan(8 * MIB);
  expect(grown.rss).toBeLessThan(256 * MIB);
  const seen = Object.keys(outcomes);
  const played = ['nam WaveNet', 'nam LSTM', 'nam ForeignWaveNet', 'di accepted', 'ir accepted'];
  const refused = ['nam.not_json', 'nam.schema', 'nam.version', 'nam.architecture', 'nam.weights', 'nam.bounds'];
  expect(seen).toEqual(expect.arrayContaining([...played, ...refused.map((code) => `nam ${code}`)]));
});
