import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aTone } from '@gts/testing';
import { atStep, audioEngine, meterEngine, mulberry32, pcmBytes, pcmOf, stageKey } from './index';

describe('content keys', () => {
  const stage = {
    stage: 'prepare',
    engine: audioEngine,
    inputs: ['a', 'b'],
    params: { gainDb: 1, trim: { endMs: 2, startMs: 1 } },
  };
  test('do not depend on the order of parameters', () => {
    expect(stageKey({ ...stage, params: { trim: { startMs: 1, endMs: 2 }, gainDb: 1 } })).toBe(stageKey(stage));
    expect(stageKey(stage)).toMatch(/^[0-9a-f]{64}$/);
  });
  test('change with every part', () => {
    const others = [
      { ...stage, stage: 'frame' },
      { ...stage, engine: `${audioEngine}x` },
      { ...stage, inputs: ['b', 'a'] },
      { ...stage, inputs: ['a'] },
      { ...stage, params: { ...stage.params, gainDb: 1.1 } },
    ];
    expect(new Set([stage, ...others].map(stageKey)).size).toBe(6);
  });
  test('settings are rounded to their step', () => {
    expect([atStep(0.1 + 0.2, 0.1), atStep(-3.14159, 0.01), atStep(1234.4, 1)]).toEqual([0.3, -3.14, 1234]);
  });
});

test('PCM comes back from bytes of any alignment', () => {
  const x = aTone(100);
  const shifted = Buffer.concat([Buffer.alloc(1), pcmBytes(x)]).subarray(1);
  expect(pcmOf(shifted)).toEqual(x);
});

test('mulberry32 gives the published numbers for seed 0', () => {
  const draw = mulberry32(0);
  expect([draw(), draw(), draw()].map((u) => u * 2 ** 32)).toEqual([1144304738, 1416247, 958946056]);
});

test('the engine of the measuring stages names its kernel', () => {
  const hash = readFileSync(join(__dirname, '..', 'assembly', 'meter.sha256'), 'utf8').trim();
  expect(meterEngine()).toBe(`${audioEngine}+meter:${hash}`);
});
