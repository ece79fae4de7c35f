import { aTone, wavFile } from '@gts/testing';
import {
  acceptDiWav,
  acceptIrWav,
  analyseTone,
  applyEffect,
  applyGain,
  audioEngine,
  convolve,
  type EffectName,
  effectRanges,
  frame,
  mulberry32,
  onsetOf,
  pcmBytes,
  prepare,
  prepareIr,
  prepareReverb,
  quantise16,
  quantise24,
  resample,
  sha256,
} from './index';

const draw = mulberry32(5);
const noise = (frames: number) => Float32Array.from({ length: frames }, () => draw() - 0.5);
const x = aTone(9600).map((v) => v + 0.1 * (draw() - 0.5));
const [short, long] = [noise(24_000), noise(40_000)];
const ir = prepareReverb(noise(4800));
const file = (rate: number) =>
  wavFile({ channels: [aTone(rate, 196, rate), aTone(rate, 330, rate)], sampleRate: rate, bits: 24 });
const effect = (name: EffectName) =>
  pcmBytes(applyEffect(x, { effect: name, params: name === 'gain' ? { gainDb: 7.3 } : {}, ir }));
const eq = { lowGainDb: 3, midGainDb: -4, highGainDb: 2 };

/** Everything whose bytes `audioEngine` stands for. */
const stages: Readonly<Record<string, () => Uint8Array>> = {
  decode: () => pcmBytes(acceptDiWav(file(48_000)).samples),
  mix: () => pcmBytes(acceptDiWav(file(48_000), 'mix').samples),
  'response of 44.1 kHz': () => pcmBytes(acceptIrWav(file(44_100)).samples),
  'resample up': () => pcmBytes(resample(x, 44_100, 48_000)),
  'resample down': () => pcmBytes(resample(x, 96_000, 48_000)),
  prepare: () => pcmBytes(prepare(x, { excerpt: { startMs: 10, endMs: 150 }, inputGainDb: -3.7 }).samples),
  'convolve 0.5 s': () => pcmBytes(convolve(x, prepareIr(short))),
  'convolve 0.8 s': () => pcmBytes(convolve(x, prepareIr(long))),
  ...Object.fromEntries((Object.keys(effectRanges) as EffectName[]).map((name) => [name, () => effect(name)])),
  'eq3 that does something': () => pcmBytes(applyEffect(x, { effect: 'eq3', params: eq })),
  frame: () => pcmBytes(frame(x, 14_400)),
  'level and 16 bits': () => pcmBytes(new Float32Array(quantise16(applyGain(x, -2.345)))),
  '24 bits': () => pcmBytes(new Float32Array(quantise24(applyGain(x, -2.345)))),
  'tone.json': () => new TextEncoder().encode(JSON.stringify([onsetOf(x), analyseTone(frame(x, 48_000), 1)])),
};

/** If this fails, a stage changed its bits: raise AUDIO_VERSION with it, so that no cache serves old bytes as new. */
test('bytes of every stage under this engine id are these', () => {
  const hashes = Object.entries(stages).map(([name, bytes]) => `${name}: ${sha256(bytes()).slice(0, 16)}`);
  expect([audioEngine, ...hashes]).toMatchInlineSnapshot(`
   [
     "audio:5:node24",
     "decode: e7693c60d984f875",
     "mix: 0f195c690be17e52",
     "response of 44.1 kHz: d0626dfbcdd768ad",
     "resample up: df399d46bebfd382",
     "resample down: 518fcc4d38d1756f",
     "prepare: 3d41fc6ecae731d5",
     "convolve 0.5 s: 9dc6b14e21b8d54e",
     "convolve 0.8 s: 39e02598416b9f37",
     "high_pass: 0057b2f9c0b0b7ea",
     "low_pass: bbcd26cea283b3f3",
     "gain: 8d924a49802681f7",
     "eq3: ba06a561b6e3b5fa",
     "delay: 2ee12959280fdc61",
     "reverb_ir: 12dc5c5625832643",
     "eq3 that does something: 5fb87ffb00d67838",
     "frame: 3268d6a304db6a76",
     "level and 16 bits: cfa9944a4073f407",
     "24 bits: 79bbe7fb0dc3418b",
     "tone.json: 5b7d184326545e4c",
   ]
  `);
});
