import fc from 'fast-check';
import { isAudioCode } from '@gts/audio';
import { isDomainError } from '@gts/kernel';
import { anLstm, aWaveNet, namBytes, type NamFile } from '@gts/testing';
import { namInfo, parseNam } from './index';

const good = aWaveNet(1, [
  { channels: 4, dilations: [1, 2], kernelSizes: 3, outputs: 2 },
  { channels: 2, dilations: [1, 2, 4], kernelSizes: 3, outputs: 1, headBias: true },
]);
type Raw = Record<string, unknown>;
const layers = good.config['layers'] as readonly Raw[];
/** The good file with the first array changed. */
const array = (part: Raw): NamFile => ({
  ...good,
  config: { ...good.config, layers: [{ ...layers[0], ...part }, layers[1]] },
});
const without = (key: string): Raw => Object.fromEntries(Object.entries(good).filter(([name]) => name !== key));
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
  test.each<readonly [string, string, unknown]>([
    ['nam.not_json', 'text', text('hello')],
    ['nam.not_json', 'empty', text('')],
    ['nam.not_json', 'truncated', namBytes(good).subarray(0, 300)],
    ['nam.not_json', 'random bytes', Buffer.from(Array.from({ length: 200 }, (_, i) => (i * 167 + 200) % 256))],
    ['nam.not_json', '200 000 open brackets', text('['.repeat(200_000))],
    ['nam.not_json', 'a NaN token', text(JSON.stringify(good).replace('0.3]', 'NaN]'))],
    ['nam.not_json', 'Latin-1', Buffer.from([...text('{"a":"'), 0xe9, ...text('"}')])],
    ['nam.schema', 'an empty object', {}],
    ['nam.schema', 'a list', []],
    ['nam.schema', 'no version', without('version')],
    ['nam.schema', 'no weights', without('weights')],
    ['nam.schema', 'weights null', { ...good, weights: null }],
    ['nam.schema', 'config a string', { ...good, config: 'x' }],
    ['nam.schema', 'channels a string', array({ channels: '3' })],
    ['nam.schema', 'neither head nor head_size', array({ head_size: undefined })],
    ['nam.version', '99.0.0', { ...good, version: '99.0.0' }],
    ['nam.version', 'abc', { ...good, version: 'abc' }],
    ['nam.version', '0.4.0', { ...good, version: '0.4.0' }],
    ['nam.architecture', 'Transformer', { ...good, architecture: 'Transformer' }],
    ['nam.architecture', 'activation Nope', array({ activation: 'Nope' })],
    ['nam.architecture', 'gated', array({ gated: true })],
    ['nam.architecture', 'gating mode', array({ gating_mode: ['none', 'blended'] })],
    ['nam.architecture', 'FiLM', array({ conv_pre_film: { active: true } })],
    ['nam.architecture', 'head1x1', array({ head1x1: { active: true } })],
    ['nam.architecture', 'layer1x1 off', array({ layer1x1: { active: false } })],
    ['nam.architecture', 'groups', array({ groups_input: 2 })],
    ['nam.architecture', 'condition of 3', array({ condition_size: 3 })],
    ['nam.architecture', 'bottleneck', array({ bottleneck: 2 })],
    ['nam.architecture', 'a head of its own', { ...good, config: { ...good.config, head: { channels: 1 } } }],
    ['nam.weights', '5 short', { ...good, weights: good.weights.slice(5) }],
    ['nam.weights', '50 long', { ...good, weights: [...good.weights, ...good.weights.slice(0, 50)] }],
    ['nam.weights', 'a null', withWeight(null)],
    ['nam.weights', 'a string', withWeight('0.1')],
    ['nam.weights', '1e400', text(JSON.stringify(good).replace('0.3]', '1e400]'))],
    ['nam.weights', 'beyond float32', withWeight(1e39)],
    ['nam.bounds', 'channels −3', array({ channels: -3 })],
    ['nam.bounds', 'channels 100 000', array({ channels: 100_000 })],
    ['nam.bounds', 'LSTM hidden 200 000', { ...lstm, config: { ...lstm.config, hidden_size: 200_000 } }],
    ['nam.bounds', 'LSTM with 5 layers', { ...lstm, config: { ...lstm.config, num_layers: 5 } }],
    ['nam.bounds', 'dilation 2e9', array({ dilations: [1, 2e9] })],
    ['nam.bounds', 'dilation 0', array({ dilations: [0, 1] })],
    ['nam.bounds', 'dilation −2', array({ dilations: [1, -2] })],
    ['nam.bounds', 'dilation 1.5', array({ dilations: [1, 1.5] })],
    ['nam.bounds', 'kernel 0', array({ kernel_size: 0 })],
    ['nam.bounds', 'no layers', { ...good, config: { layers: [] } }],
    ['nam.bounds', 'lists of different lengths', array({ kernel_sizes: [3, 3, 3] })],
    ['nam.bounds', 'an input that nobody gives', array({ input_size: 2 })],
    ['nam.bounds', 'a head that nobody takes', array({ head_size: 3 })],
    [
      'nam.bounds',
      'receptive field 100 000',
      array({ dilations: [8000, 8000, 8000, 8000, 8000, 8000], kernel_size: 64 }),
    ],
    ['nam.bounds', 'no submodels', container([])],
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
    ['nam.sample_rate', 'rate 0', { ...good, sample_rate: 0 }],
    ['nam.sample_rate', 'rate −5', { ...good, sample_rate: -5 }],
    ['nam.too_large', '5 MiB and a byte', Buffer.alloc(5 * 1024 * 1024 + 1, 32)],
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
