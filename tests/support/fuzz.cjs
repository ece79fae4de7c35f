// Feeds the readers of captures, recordings and impulse responses with mutants of sound files, and plays what passes.
// Started by fuzz.int.spec.ts with --expose-gc; SEED replays a run, FUZZ_CASES makes it longer. Prints one JSON line.
const fc = require('fast-check');
const { acceptDiWav, acceptIrWav, isAudioCode, isAudioRefusal, requireFinite } = require('@gts/audio');
const { isDomainError } = require('@gts/kernel');
const { ampOf, chooseEngine, loadOwnEngine, openCompatEngine, parseNam, renderCapture } = require('@gts/nam');
const {
  aForeignWaveNet,
  aGoodCapture,
  anLstm,
  aTone,
  aWaveNet,
  badCaptures,
  badRecordings,
  mutateBytes,
  mutateJson,
  namBytes,
  seeded,
  wavFile,
} = require('@gts/testing');

const CASES = Number(process.env.FUZZ_CASES ?? 20_000);
const SEED = Number(process.env.SEED ?? 20_261_121);
/** Multiplications: what a capture may cost to be played here. */
const MOST_WORK = 2e7;
const MOST_CASE_MS = 1000;

const tiny = { channels: 3, dilations: [1, 2], outputs: 1, headBias: true };
const container = (model) => ({
  version: '0.5.4',
  architecture: 'SlimmableContainer',
  config: { submodels: [{ max_value: 1, model }] },
  weights: [],
});
const conditioned = aForeignWaveNet({ condition_size: 3 }, 178);
const captures = [
  aGoodCapture(),
  aWaveNet(2, [{ ...tiny, kernelSizes: 2, headKernel: 3, activation: { type: 'LeakyReLU', negative_slope: 0.1 } }]),
  anLstm(3, [3, 1]),
  container(aGoodCapture()),
  aForeignWaveNet({ gated: true }, 274),
  aForeignWaveNet({ gating_mode: ['none', 'blended'], secondary_activation: 'Softsign' }, 218),
  aForeignWaveNet({ conv_pre_film: { active: true, shift: true, groups: 1 } }, 194),
  aForeignWaveNet({ activation: ['Tanh', { type: 'PReLU', negative_slopes: [0.1, 0.2] }] }, 162),
  { ...conditioned, config: { ...conditioned.config, condition_dsp: aForeignWaveNet({ head_size: 3 }, 172) } },
];
const captureBytes = [...captures.map(namBytes), ...badCaptures().map(([, , bytes]) => bytes)];
const short = aTone(300);
const long = aTone(48_000);
const shapes = (samples) => [
  wavFile({ channels: [samples] }),
  wavFile({ channels: [samples], float: true }),
  wavFile({ channels: [samples], bits: 8 }),
  wavFile({ channels: [samples, samples], bits: 24, extensible: true }),
  wavFile({ channels: [samples], bits: 64, float: true, before: [['JUNK', Buffer.alloc(7)]] }),
];
const shorts = shapes(short);
const longs = [
  ...shapes(long).slice(0, 2),
  ...badRecordings()
    .slice(0, 13)
    .map(([, , bytes]) => bytes),
];

const soundOf = (bytes) => ({ y: acceptIrWav(bytes).samples });
const takeOf = (bytes) => ({ y: acceptDiWav(bytes).samples });
const x = aTone(480);

function player(engines) {
  return (bytes) => {
    const model = parseNam(bytes);
    const plan = engines[chooseEngine(model)].prepare(model);
    const heard = plan.receptiveField ?? 24_000;
    if (plan.ops * (heard + x.length) > MOST_WORK) return { passed: 'unplayed' };
    const y = requireFinite(renderCapture(ampOf(engines[chooseEngine(model)], model), x));
    if (y.length !== x.length) throw new Error('another length');
    return { y, passed: model.architecture };
  };
}

/** Deterministic bytes of one case. */
function mutant({ reader, n, value }) {
  const draw = seeded(n);
  const any = (list) => list[Math.floor(draw() * list.length)];
  if (reader === 'nam')
    return draw() < 0.75
      ? namBytes(mutateJson(any(captures), draw, value))
      : mutateBytes(any(captureBytes), draw, any(captureBytes));
  const seeds = reader === 'di' && draw() < 0.4 ? longs : shorts;
  return mutateBytes(any(seeds), draw, any(shorts));
}

function judge(read, bytes) {
  try {
    const { y, passed = 'accepted' } = read(bytes);
    if (y && !y.every(Number.isFinite)) throw new Error('not finite, and nobody said so');
    return passed;
  } catch (error) {
    if (isDomainError(error) && isAudioCode(error.code) && isAudioRefusal(error.code)) return error.code;
    throw error;
  }
}

const held = () => {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
};

async function main() {
  const readers = { nam: player({ own: loadOwnEngine(), compat: await openCompatEngine() }), di: takeOf, ir: soundOf };
  const outcomes = {};
  let slowest = 0;
  const check = (each) => {
    const bytes = mutant(each);
    const before = process.cpuUsage();
    const outcome = judge(readers[each.reader], bytes);
    const { user, system } = process.cpuUsage(before);
    const spent = (user + system) / 1000;
    slowest = Math.max(slowest, spent);
    if (spent > MOST_CASE_MS) throw new Error(`${outcome} took ${spent} ms`);
    outcomes[`${each.reader} ${outcome}`] = (outcomes[`${each.reader} ${outcome}`] ?? 0) + 1;
  };
  const reader = fc.constantFrom('nam', 'nam', 'nam', 'ir', 'ir', 'di');
  const property = fc.property(fc.record({ reader, n: fc.nat(), value: fc.jsonValue() }), check);
  const run = (numRuns, seed) => fc.assert(property, { numRuns, seed, endOnFailure: true });
  run(Math.min(1000, CASES), SEED + 1);
  const before = held();
  const rest = Math.max(0, CASES - 1000);
  run(rest, SEED);
  const after = held();
  const grown = { heap: after.heap - before.heap, rss: after.rss - before.rss };
  const cases = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  process.stdout.write(`${JSON.stringify({ seed: SEED, cases, outcomes, grown, slowestMs: Math.round(slowest) })}\n`);
}
main().catch((error) => {
  process.stderr.write(`SEED=${SEED}\n${error.message}\n${error.cause?.stack ?? error.stack}\n`);
  process.exit(1);
});
