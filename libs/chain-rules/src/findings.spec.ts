import fc from 'fast-check';
import { type Block, EFFECTS, type GearFacts, chainContent, chainFindings, fullParams, modelIdsOf } from './index';

const gear = (role: 'pedal' | 'amp' | 'full_rig' | 'ir' | 'post_effect', gearModelId: string = role): Block => ({
  kind: 'gear',
  role,
  gearModelId,
});
const effect = (name: string, params = {}, role: 'pedal' | 'post_effect' = 'post_effect'): Block => ({
  kind: 'effect',
  role,
  effect: name,
  params,
  ...(name === 'reverb_ir' && { gearModelId: 'room' }),
});
const rig = gear('full_rig');
const codes = (blocks: Block[], lookup?: (id: string) => GearFacts | undefined) =>
  chainFindings(blocks, lookup).map(({ code, pointer }) => `${code} ${pointer}`);

const parameters = Object.entries(EFFECTS).flatMap(([name, { params }]) =>
  Object.entries(params).map(([key, parameter]) => [name, key, parameter] as const),
);

test.each(parameters)('%s accepts %s from least to most and nothing beyond', (name, key, { min, max, step }) => {
  const withValue = (value: number) => codes([rig, effect(name, { [key]: value })]);
  expect(withValue(min)).toEqual([]);
  expect(withValue(max)).toEqual([]);
  expect(withValue(min - step)).toEqual([`PARAM_OUT_OF_RANGE /blocks/1/params/${key}`]);
  expect(withValue(max + step)).toEqual([`PARAM_OUT_OF_RANGE /blocks/1/params/${key}`]);
  expect(withValue(Number.NaN)).toEqual([`PARAM_OUT_OF_RANGE /blocks/1/params/${key}`]);
});

test.each([
  ['an unknown effect', effect('chorus'), ['EFFECT_UNKNOWN /blocks/0/effect']],
  ['an unknown parameter', effect('gain', { level: 1 }, 'pedal'), ['PARAM_UNKNOWN /blocks/0/params/level']],
  ['an inherited name', effect('gain', { constructor: 1 }, 'pedal'), ['PARAM_UNKNOWN /blocks/0/params/constructor']],
  ['a delay before the amp', effect('delay', {}, 'pedal'), ['EFFECT_PLACEMENT /blocks/0/role']],
  ['a reverb before the amp', effect('reverb_ir', {}, 'pedal'), ['EFFECT_PLACEMENT /blocks/0/role']],
])('refuses %s', (_, block, expected) => {
  const found = codes([block, rig]).filter((each) => !each.startsWith('INVALID_ORDER'));
  expect(found).toEqual(expected);
});

test('a reverb without a room is refused', () => {
  const { gearModelId: _, ...bare } = effect('reverb_ir') as Block & { gearModelId: string };
  expect(codes([rig, bare as Block])).toEqual(['GEAR_MODEL_UNKNOWN /blocks/1/gearModelId']);
});

test('twelve blocks and four captures are the most', () => {
  const tail = (count: number) => Array.from({ length: count }, () => effect('gain'));
  expect(codes([rig, ...tail(11)])).toEqual([]);
  expect(codes([rig, ...tail(12)])).toEqual(['TOO_MANY_BLOCKS /blocks']);
  const pedals = (count: number) => Array.from({ length: count }, () => gear('pedal'));
  expect(codes([...pedals(3), rig])).toEqual([]);
  expect(codes([...pedals(4), rig])).toEqual(['TOO_MANY_CAPTURES /blocks']);
});

describe('models', () => {
  const usable = true;
  const facts: Record<string, GearFacts> = {
    pedal: { gearType: 'pedal', usable },
    amp: { gearType: 'amp', usable },
    full_rig: { gearType: 'full_rig', usable },
    cab: { gearType: 'ir', irKind: 'cabinet', usable },
    room: { gearType: 'ir', irKind: 'reverb', usable },
    rack: { gearType: 'outboard', usable },
    gone: { gearType: 'amp', usable: false },
  };
  const lookup = (id: string) => facts[id];
  const look = (...blocks: Block[]) => codes(blocks, lookup);

  test('every gear type fits its own role only', () => {
    expect(look(gear('pedal'), gear('amp'), gear('ir', 'cab'), gear('post_effect', 'rack'))).toEqual([]);
    expect(look(rig, effect('reverb_ir'))).toEqual([]);
    expect(look(gear('amp', 'full_rig'), gear('ir', 'room'))).toEqual([
      'GEAR_ROLE_MISMATCH /blocks/0/gearModelId',
      'GEAR_ROLE_MISMATCH /blocks/1/gearModelId',
    ]);
  });

  test('unknown and unusable models are named', () => {
    expect(look(gear('amp', 'gone'), gear('ir', 'nobody'))).toEqual([
      'GEAR_MODEL_UNUSABLE /blocks/0/gearModelId',
      'GEAR_MODEL_UNKNOWN /blocks/1/gearModelId',
    ]);
  });
});

test('content knows no ids, fills in defaults and rounds to steps', () => {
  const [block] = chainContent([{ ...effect('high_pass', { frequencyHz: 80.4 }), id: 'x' } as unknown as Block]);
  expect(block).toEqual({
    kind: 'effect',
    role: 'post_effect',
    effect: 'high_pass',
    params: { frequencyHz: 80, q: 0.707 },
  });
});

test('content of content is the same content', () => {
  const value = fc.double({ min: -30, max: 30_000, noNaN: true });
  const name = fc.constantFrom(...Object.keys(EFFECTS));
  const key = fc.constantFrom(...parameters.map(([, each]) => each));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.dictionary(key, value)), { maxLength: 6 }), (effects) => {
      const once = chainContent([rig, ...effects.map(([each, params]) => effect(each, params))]);
      expect(chainContent(once as Block[])).toEqual(once);
    }),
  );
});

test('filling in parameters twice changes nothing, and models are named once', () => {
  expect(fullParams('delay', fullParams('delay', { timeMs: 20.2 }))).toEqual(fullParams('delay', { timeMs: 20 }));
  expect(modelIdsOf([rig, effect('reverb_ir'), effect('gain'), rig])).toEqual(['full_rig', 'room']);
});
