// The demo shootout played here, without a product around it: short-term loudness of every tone, as it came and levelled.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { demoChains } from '../../stack/seed.mjs';
import { demoRiff, pack } from './captures.mjs';

const require = createRequire(import.meta.url);
const { ampOf, loadOwnEngine, parseNam, renderChain } = require('@gts/nam');
const { applyGain, commonLength, frame, level, loudness, measure, prepare, prepareIr, readWav } = require('@gts/audio');

const read = (file) => readFileSync(join(pack, file));
const blocksOf = (files) => files.map((file) => ({ kind: file.endsWith('.nam') ? 'capture' : 'ir', sha256: file }));

/** Tenths of LU, one value per 100 ms from 3 s on. */
const curveOf = (x) => [...loudness(x).shortTerm];

export function demoCurves() {
  const own = loadOwnEngine();
  const tools = {
    loadModel: (file) => ampOf(own, parseNam(read(file))),
    loadIr: (file) => prepareIr(readWav(read(file), 'ir').channels[0]),
  };
  const di = prepare(demoRiff(10), {}).samples;
  const sounds = demoChains.map(({ files }) => renderChain(blocksOf(files), di, tools));
  const length = commonLength(
    sounds.map((each) => each.length),
    di.length,
  );
  const framed = sounds.map((each) => frame(each, length));
  const measured = framed.map((each) => measure(each));
  const { targetLufs, gainsDb } = level(measured);
  const tones = demoChains.map(({ name }, i) => ({
    name,
    integrated: measured[i].integrated,
    gainDb: gainsDb[i],
    before: curveOf(framed[i]),
    after: curveOf(applyGain(framed[i], gainsDb[i])),
  }));
  return { targetLufs, tones };
}
