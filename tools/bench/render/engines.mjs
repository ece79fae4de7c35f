// The kernel beside its peer and beside the float64 oracle: five seconds of a guitar, CPU for CPU, one run.
import { createRequire } from 'node:module';
import { measured, rowsOf } from '../rows.mjs';
import { demoRiff, generated } from './captures.mjs';
import { peerEngine } from './peer.mjs';

const { loadOwnEngine, parseNam, prepareOracle, renderOracle } = createRequire(import.meta.url)('@gts/nam');
const SECONDS = 5;
const ORACLE_SECONDS = 1;

const comparisons = [
  { id: 'a1-standard-vs-compat', shape: 'A1 standard', must: 4 },
  { id: 'a1-standard-vs-oracle', shape: 'A1 standard', must: 12, oracle: true },
  { id: 'a1-lite-vs-compat', shape: 'A1 lite', must: 3.4 },
  { id: 'a1-feather-vs-compat', shape: 'A1 feather', must: 3.6 },
  { id: 'a1-nano-vs-compat', shape: 'A1 nano', must: 2.5 },
  { id: 'a2-full-vs-compat', shape: 'A2 full', must: 6.3 },
  { id: 'a2-lite-vs-compat', shape: 'A2 lite', must: 2.2 },
  { id: 'lstm-vs-compat', shape: 'LSTM 16×2', must: 2.1 },
  { id: 'lstm-24-vs-compat', shape: 'LSTM 24×1', must: 2.1 },
];

function pairOf({ shape, oracle }, engines) {
  const x = demoRiff(oracle ? ORACLE_SECONDS : SECONDS);
  const bytes = generated[shape];
  const model = parseNam(bytes);
  const plan = engines.own.prepare(model);
  const definition = oracle && prepareOracle(model);
  const peer = oracle ? (signal) => renderOracle(definition, signal) : engines.peer.player(bytes.toString());
  const seconds = x.length / 48_000;
  return {
    unit: 'RTF',
    peer: oracle ? 'float64 oracle' : '@opendaw/nam-wasm',
    ours: () => measured(seconds, () => engines.own.render(plan, x)),
    theirs: () => measured(seconds, () => peer(x)),
    close() {},
  };
}

/** One row a shape, prewarm included, reading of the file excluded. */
export async function engineRows({ rounds, wanted }) {
  const engines = { own: loadOwnEngine(), peer: await peerEngine() };
  const rows = [];
  for (const { id, must, ...what } of comparisons)
    if (wanted(id)) rows.push(await rowsOf({ id, must, rounds, pair: pairOf(what, engines) }));
  return rows;
}
