#!/usr/bin/env node
// The kernel against its peers, one shape after another: @opendaw/nam-wasm over the same seconds of a demo DI and the
// float64 oracle over one of them. CPU time, prewarm included, loading excluded, by turns; median of ratios.
// `node tools/bench/kernel.mjs [--rounds 5] [--shapes nano,LSTM]`
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NamWasmModule } from '@opendaw/nam-wasm';
import createNamModule from '@opendaw/nam-wasm/nam.js';
import { root } from '../bootstrap.mjs';

const require = createRequire(import.meta.url);
const { acceptDiWav } = require('@gts/audio');
const { loadOwnEngine, parseNam, prepareOracle, renderOracle } = require('@gts/nam');
const { anLstm, aWaveNet, namBytes, publishedShapes } = require('@gts/testing');

const { values } = parseArgs({ options: { rounds: { type: 'string' }, shapes: { type: 'string' } } });
const ROUNDS = Number(values.rounds ?? 5);
const PEER_BUFFER = 512;
const RATE = 48_000;
const wanted = (name) => (values.shapes ?? '').split(',').some((part) => name.includes(part));

const di = acceptDiWav(readFileSync(join(root, 'deploy/demo/di/palm-muted-riff.wav'))).samples.subarray(0, 5 * RATE);
const own = loadOwnEngine();
const foreign = NamWasmModule.fromModule(
  await createNamModule({ wasmBinary: readFileSync(join(root, 'node_modules/@opendaw/nam-wasm/dist/nam.wasm')) }),
  PEER_BUFFER,
);
foreign.setMaxBufferSize(PEER_BUFFER);
foreign.setSampleRate(RATE);

function peerOf(file) {
  const id = foreign.createInstance();
  if (!foreign.loadModel(id, JSON.stringify(file))) throw new Error('the peer refuses the model');
  const y = new Float32Array(di.length);
  return () => {
    foreign.reset(id);
    for (let at = 0; at < di.length; at += PEER_BUFFER)
      foreign.process(id, di.subarray(at, at + PEER_BUFFER), y.subarray(at, at + PEER_BUFFER));
  };
}

/** CPU seconds a second of sound. */
function cost(seconds, work) {
  const before = process.cpuUsage().user;
  work();
  return (process.cpuUsage().user - before) / 1e6 / seconds;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

function measure(file) {
  const model = parseNam(namBytes(file));
  const [plan, definition, peer] = [own.prepare(model), prepareOracle(model), peerOf(file)];
  const round = () => ({
    own: cost(5, () => own.render(plan, di)),
    peer: cost(5, peer),
    oracle: cost(1, () => renderOracle(definition, di.subarray(0, RATE))),
  });
  round();
  const rounds = Array.from({ length: ROUNDS }, round);
  return {
    rtf: 1 / median(rounds.map((each) => each.own)),
    peer: median(rounds.map((each) => each.peer / each.own)),
    oracle: median(rounds.map((each) => each.oracle / each.own)),
  };
}

const files = {
  ...Object.fromEntries(Object.entries(publishedShapes).map(([name, arrays]) => [name, aWaveNet(41, arrays)])),
  'LSTM 16×2': anLstm(42, [16, 2]),
  'LSTM 24×1': anLstm(43, [24, 1]),
};
console.log(`Node ${process.version}, ${ROUNDS} rounds\nshape          RTF   / nam-wasm   / oracle`);
for (const [name, file] of Object.entries(files).filter(([each]) => wanted(each))) {
  const { rtf, peer, oracle } = measure(file);
  console.log(
    `${name.padEnd(12)}${rtf.toFixed(1).padStart(6)}${peer.toFixed(2).padStart(13)}${oracle.toFixed(1).padStart(11)}`,
  );
}
