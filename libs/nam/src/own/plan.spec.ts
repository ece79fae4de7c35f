import { aForeignWaveNet, anLstm, aWaveNet, namBytes, type NamArray, publishedShapes } from '@gts/testing';
import { type NamModel, parseNam } from '../index';
import { planModel } from './plan';

const array = (part: Partial<NamArray>): readonly NamArray[] => [
  { channels: 4, dilations: [1, 2], kernelSizes: 3, outputs: 1, headBias: true, ...part },
];
const model = (arrays: readonly NamArray[]) => parseNam(namBytes(aWaveNet(1, arrays)));

describe('weights and receptive field of the published shapes', () => {
  test.each([
    ['A1 standard', 13_802, 4093],
    ['A1 lite', 6554, 4093],
    ['A1 feather', 3026, 4093],
    ['A1 nano', 842, 4093],
    ['A2 full', 12_146, 6347],
    ['A2 lite', 1871, 6347],
  ] as const)('%s', (name, weights, receptiveField) => {
    const plan = planModel(model(publishedShapes[name]));
    expect([plan.ops, plan.receptiveField, plan.prewarm]).toEqual([weights, receptiveField, receptiveField]);
  });
  test.each([
    [[3, 1], 70],
    [[16, 2], 3345],
    [[24, 1], 2569],
  ] as const)('LSTM %s', (shape, weights) => {
    const plan = planModel(parseNam(namBytes(anLstm(1, shape))));
    expect([plan.ops, plan.receptiveField, plan.prewarm]).toEqual([weights, null, 24_000]);
  });
});

test('a plan is data: threads may pass it on by message', () => {
  const plan = planModel(model(publishedShapes['A1 nano']));
  expect(structuredClone(plan)).toEqual(plan);
});

test('every weight of the file but the scale lies in the image', () => {
  const plan = planModel(model(publishedShapes['A1 nano']));
  // The head's weights are scaled; what the last layer passes on (one 2 × 2 matrix and its bias) is heard by nobody.
  const count = (values: Float32Array) => values.filter((w) => w !== 0).length;
  expect(count(plan.image)).toBe(842 - 1 - 6);
});

type Fields = Readonly<Record<string, unknown>>;
/** A capture with parts that the kernel has not, with as many weights as its reader wants. */
function foreign(part: Fields, config: Fields): NamModel {
  const fileOf = (weights: number) => {
    const file = aForeignWaveNet(part, weights);
    return namBytes({ ...file, config: { ...file.config, ...config } });
  };
  try {
    return parseNam(fileOf(1));
  } catch (error) {
    const { limit = NaN } = (error as { details?: { limit?: number } }).details ?? {};
    return parseNam(fileOf(limit));
  }
}
const film = { active: true, shift: true, groups: 1 };

describe('what the kernel does not implement is refused', () => {
  test.each([
    ['a gate', { gated: true }, {}],
    ['a gating mode', { gating_mode: ['gated', 'none'], secondary_activation: 'Sigmoid' }, {}],
    ['a bottleneck', { bottleneck: 2 }, {}],
    ['a head1x1', { head1x1: { active: true, out_channels: 4, groups: 1 } }, {}],
    ['FiLM before the convolution', { conv_pre_film: film }, {}],
    ['FiLM after the activation', { activation_post_film: film }, {}],
    ['groups of the input', { groups_input: 2 }, {}],
    ['groups of layer1x1', { layer1x1: { active: true, groups: 2 } }, {}],
    ['another activation', { activation: 'SiLU' }, {}],
    ['a head of the whole net', {}, { head: { channels: 4, out_channels: 1, kernel_sizes: [1], activation: 'Tanh' } }],
    ['a conditioning model', {}, { condition_dsp: aWaveNet(5, array({})) }],
  ])('%s', (_, part, config) => {
    const model = foreign(part, config);
    expect(() => planModel(model)).toThrow(expect.objectContaining({ code: 'nam.architecture' }));
  });
});

test('the bounds of the reader bound the memory: the largest it lets in needs less than 64 MiB', () => {
  // As many of the widest layers as its weights allow, which hear as long as they may.
  const dilations = Array.from({ length: 15 }, () => 6390);
  const widest = model(array({ channels: 64, kernelSizes: 2, dilations }));
  const { ops, receptiveField, floats } = planModel(widest);
  expect([ops > 180_000, Number(receptiveField) > 95_000, 4 * floats < 64 * 1024 * 1024]).toEqual([true, true, true]);
});
