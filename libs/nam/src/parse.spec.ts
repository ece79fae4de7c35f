import fc from 'fast-check';
import { isAudioCode } from '@gts/audio';
import { isDomainError } from '@gts/kernel';
import { aForeignWaveNet, aGoodCapture, anLstm, aWaveNet, badCaptures, namBytes, type NamFile } from '@gts/testing';
import { chooseEngine, type ForeignModel, namInfo, parseNam } from './index';

const good = aGoodCapture();
type Raw = Record<string, unknown>;
const layers = good.config['layers'] as readonly Raw[];
/** The good file with the first array changed. */
const array = (part: Raw): NamFile => ({
  ...good,
  config: { ...good.config, layers: [{ ...layers[0], ...part }, layers[1]] },
});
const lstm = anLstm(1, [3, 1]);
const withWeight = (value: unknown) => ({
  ...good,
  weights: [...good.weights.slice(0, 9), value, ...good.weights.slice(10)],
});
const container = (submodels: readonly unknown[]) => ({
  version: '0.5.4',
  architecture: 'SlimmableContainer',
  config: { submodels },
  weights: [],
});
const text = (content: string) => Buffer.from(content);

describe('a bad capture is refused with', () => {
  test('a list of 33, as the design has it', () => {
    expect(badCaptures().length).toBe(33);
  });
  const known = badCaptures().filter(([code]) => code !== 'nam.diverges');
  test.each<readonly [string | null, string, unknown]>([
    ...known,
    ['nam.not_json', 'Latin-1', Buffer.from([...text('{"a":"'), 0xe9, ...text('"}')])],
    ['nam.schema', 'a list', []],
    ['nam.schema', 'weights null', { ...good, weights: null }],
    ['nam.schema', 'neither head nor head_size', array({ head_size: undefined })],
    ['nam.architecture', 'a gate that nobody has', array({ gating_mode: ['none', 'folded'] })],
    ['nam.architecture', 'condition of 3', array({ condition_size: 3 })],
    ['nam.architecture', 'two inputs', { ...good, config: { ...good.config, in_channels: 2 } }],
    ['nam.architecture', 'ConvNet', { ...good, architecture: 'ConvNet' }],
    ['nam.schema', 'a head of its own that is none', { ...good, config: { ...good.config, head: { channels: 1 } } }],
    ['nam.schema', 'a gate that is a number', array({ bottleneck: 2, gating_mode: 3 })],
    ['nam.bounds', 'groups that do not divide', array({ groups_input: 3 })],
    ['nam.bounds', 'a bottleneck of 100 000', array({ bottleneck: 100_000 })],
    ['nam.bounds', 'a bottleneck without layer1x1', array({ bottleneck: 2, layer1x1: { active: false } })],
    ['nam.bounds', 'a modulated layer1x1 that is off', array({ layer1x1: { active: false }, layer1x1_post_film: {} })],
    [
      'nam.bounds',
      'more numbers than are played',
      array({ gated: true, kernel_size: 64, bottleneck: 64, dilations: Array(9).fill(1) }),
    ],
    ['nam.weights', 'a gated one as short as a plain one', array({ gated: true })],
    ['nam.weights', 'beyond float32', withWeight(1e39)],
    ['nam.bounds', 'LSTM with 5 layers', { ...lstm, config: { ...lstm.config, num_layers: 5 } }],
    ['nam.bounds', 'dilation 0', array({ dilations: [0, 1] })],
    ['nam.bounds', 'dilation −2', array({ dilations: [1, -2] })],
    ['nam.bounds', 'lists of different lengths', array({ kernel_sizes: [3, 3, 3] })],
    ['nam.bounds', 'an input that nobody gives', array({ input_size: 2 })],
    ['nam.bounds', 'a head that nobody takes', array({ head_size: 3 })],
    [
      'nam.bounds',
      'receptive field 100 000',
      array({ dilations: [8000, 8000, 8000, 8000, 8000, 8000], kernel_size: 64 }),
    ],
    [
      'nam.bounds',
      'submodels that do not ascend',
      container([
        { max_value: 1, model: good },
        { max_value: 0.5, model: good },
      ]),
    ],
    [
      'nam.bounds',
      'a container in a container',
      container([{ max_value: 1, model: container([{ max_value: 1, model: good }]) }]),
    ],
  ])('%s: %s', (code, _, file) => {
    const bytes = Buffer.isBuffer(file) ? file : namBytes(file);
    expect(() => parseNam(bytes)).toThrow(expect.objectContaining({ code, kind: 'rule-violated' }));
  });
});

describe('a good capture is read', () => {
  test('after all the bad ones', () => {
    expect(parseNam(namBytes(good)).weights.length).toBe(good.weights.length);
  });
  test.each([undefined, null, 44_100, 48_000, 88_200, 96_000])('with sample rate %s', (sample_rate) => {
    expect(parseNam(namBytes({ ...good, sample_rate })).sampleRate).toBe(sample_rate ?? 48_000);
  });
  test('with unknown keys and inactive variants', () => {
    const odd = array({
      slimmable: { a: 1 },
      gating_mode: ['none', 'none'],
      layer1x1: { active: true },
      groups_input: 1,
      head1x1: { active: false },
      bottleneck: 4,
    });
    expect(parseNam(namBytes({ ...odd, metadata: { loudness: -18 }, later: true })).architecture).toBe('WaveNet');
  });
  test('a container is its last, full submodel', () => {
    const small = aWaveNet(2, [{ channels: 2, dilations: [1], kernelSizes: 2, outputs: 1 }]);
    const model = parseNam(
      namBytes(
        container([
          { max_value: 0.5, model: small },
          { max_value: 1, model: good },
        ]),
      ),
    );
    expect(namInfo(model).weights).toBe(good.weights.length);
  });
});

describe('what the own engine declines is read for the other one', () => {
  const film = { active: true, shift: true, groups: 1 };
  // Plain: 4 + 2 · (48 + 4 + 4 + 16 + 4) + 4 + 1 + 1 = 162 weights.
  test.each<readonly [string, Raw, number]>([
    ['gated', { gated: true }, 274],
    ['gating_mode', { gating_mode: 'blended', secondary_activation: 'Softsign' }, 274],
    ['gating_mode', { gating_mode: ['none', 'gated'] }, 218],
    ['conv_pre_film', { conv_pre_film: film }, 194],
    ['conv_post_film', { conv_post_film: { active: true, shift: false, groups: 1 } }, 178],
    ['head1x1', { head1x1: { active: true, out_channels: 2, groups: 1 } }, 180],
    ['layer1x1', { layer1x1: { active: false, groups: 1 } }, 122],
    ['groups_input', { groups_input: 2 }, 114],
    ['a bottleneck', { bottleneck: 2 }, 88],
    ['the activation Hardswish', { activation: 'Hardswish' }, 162],
    ['the activation PReLU', { activation: ['Tanh', { type: 'PReLU', negative_slopes: [0.1, 0.2] }] }, 162],
  ])('%s: %j', (reason, part, weights) => {
    const model = parseNam(namBytes(aForeignWaveNet(part, weights)));
    expect(chooseEngine(model)).toBe('compat');
    expect(namInfo(model)).toMatchObject({ engine: 'compat', tanh: 'fast', weights, receptiveField: 7 });
    expect(namInfo(model).engineReason).toContain(reason);
  });
  test('a head of its own', () => {
    const file = aForeignWaveNet({}, 162 + 11);
    const head = { channels: 2, out_channels: 1, kernel_sizes: [2, 2], activation: 'ReLU' };
    const model = parseNam(namBytes({ ...file, config: { ...file.config, head }, weights: file.weights }));
    expect(namInfo(model)).toMatchObject({ engineReason: 'a WaveNet with a head of its own', receptiveField: 9 });
  });
  test('a conditioning model', () => {
    const inner = aForeignWaveNet({ head_size: 3 }, 172);
    const file = aForeignWaveNet({ condition_size: 3 }, 178);
    const model = parseNam(namBytes({ ...file, config: { ...file.config, condition_dsp: inner } }));
    expect(namInfo(model)).toMatchObject({ engineReason: 'a WaveNet with a conditioning model', receptiveField: 13 });
  });
  test('one whose judgement would take half a minute is out of bounds, a gated one of the usual size is not', () => {
    const wide = { channels: 64, kernel_size: 2, dilations: Array.from({ length: 9 }, () => 8192), gated: true };
    expect(() => parseNam(namBytes(aForeignWaveNet(wide, 0)))).toThrow(
      expect.objectContaining({ code: 'nam.bounds', message: expect.stringContaining('too large to play') as string }),
    );
    const usual = { channels: 16, kernel_size: 3, dilations: Array.from({ length: 20 }, (_, i) => 2 ** (i % 10)) };
    expect(() => parseNam(namBytes(aForeignWaveNet({ ...usual, gated: true }, 0)))).toThrow(
      expect.objectContaining({ code: 'nam.weights' }),
    );
  });
  test('its text holds what was checked, and nothing else of the file', () => {
    const file = { ...aForeignWaveNet({ gated: true, later: { deep: [1] } }, 274), metadata: { loudness: -18 } };
    const { text } = parseNam(namBytes(file)) as ForeignModel;
    expect(text).not.toMatch(/later|metadata/);
    expect(JSON.parse(text)).toMatchObject({
      sample_rate: 48_000,
      config: { layers: [{ gating_mode: ['gated', 'gated'] }] },
    });
  });
  test('what it plays stays with the own engine', () => {
    expect(namInfo(parseNam(namBytes(good)))).toMatchObject({ engine: 'own', engineReason: null, tanh: 'exact' });
  });
});

/** Paths of every value in the file but single weights. */
const paths = (value: unknown, at: readonly string[] = []): (readonly string[])[] =>
  typeof value !== 'object' || value === null || at.at(-1) === 'weights'
    ? [at]
    : [at, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...at, key]))];

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Raw) };
  return Object.assign(copy, { [key]: replaced((value as Raw)[key], rest, by) });
}

test('whatever stands in any place, the answer is a model or a refusal of the closed list', () => {
  const outcome = (file: unknown): string => {
    try {
      return parseNam(namBytes(file)).architecture;
    } catch (error) {
      return isDomainError(error) && isAudioCode(error.code) ? error.code : `bug: ${String(error)}`;
    }
  };
  fc.assert(
    fc.property(fc.constantFrom(good, lstm), fc.nat(), fc.jsonValue(), (file, pick, by) => {
      const places = paths(file);
      expect(outcome(replaced(file, places[pick % places.length] ?? [], by))).not.toMatch(/^bug/);
    }),
    { numRuns: 300 },
  );
});
