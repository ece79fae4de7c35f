import { anLstm, aWaveNet, namBytes, type NamFile } from './nam-file';
import { aTone, wavFile, type WavFile } from './wav-file';

/** A file that must be refused, or accepted where the code is `null`. */
export type BadFile = readonly [code: string | null, name: string, bytes: Buffer];

/** A sound capture of two arrays: what most of the bad ones were before one thing was changed. */
export const aGoodCapture = (): NamFile =>
  aWaveNet(1, [
    { channels: 4, dilations: [1, 2], kernelSizes: 3, outputs: 2 },
    { channels: 2, dilations: [1, 2, 4], kernelSizes: 3, outputs: 1, headBias: true },
  ]);

type Raw = Readonly<Record<string, unknown>>;
const good = aGoodCapture();
const text = (content: string) => Buffer.from(content, 'latin1');
const layers = good.config['layers'] as readonly Raw[];
const array = (part: Raw) =>
  namBytes({ ...good, config: { ...good.config, layers: [{ ...layers[0], ...part }, layers[1]] } });
const without = (key: string) => namBytes(Object.fromEntries(Object.entries(good).filter(([name]) => name !== key)));
const withWeight = (value: unknown) => namBytes({ ...good, weights: good.weights.toSpliced(9, 1, value as number) });
const lstm = anLstm(1, [3, 1]);
const random = (count: number) => Buffer.from(Array.from({ length: count }, (_, i) => (i * 167 + 200) % 256));

/** The bad captures of audio.md §10.9, in its order. */
export const badCaptures = (): readonly BadFile[] => [
  ['nam.not_json', 'text', text('hello')],
  ['nam.not_json', 'empty', text('')],
  ['nam.not_json', 'truncated', namBytes(good).subarray(0, 300)],
  ['nam.not_json', 'random bytes', random(200)],
  ['nam.not_json', '200 000 open brackets', text('['.repeat(200_000))],
  ['nam.not_json', 'a NaN token', text(JSON.stringify(good).replace('0.3]', 'NaN]'))],
  ['nam.schema', 'an empty object', namBytes({})],
  ['nam.schema', 'no version', without('version')],
  ['nam.schema', 'no weights', without('weights')],
  ['nam.schema', 'config a string', namBytes({ ...good, config: 'x' })],
  ['nam.schema', 'channels a string', array({ channels: '3' })],
  ['nam.version', '99.0.0', namBytes({ ...good, version: '99.0.0' })],
  ['nam.version', 'abc', namBytes({ ...good, version: 'abc' })],
  ['nam.version', '0.4.0', namBytes({ ...good, version: '0.4.0' })],
  ['nam.architecture', 'Transformer', namBytes({ ...good, architecture: 'Transformer' })],
  ['nam.architecture', 'activation Nope', array({ activation: 'Nope' })],
  ['nam.weights', '5 short', namBytes({ ...good, weights: good.weights.slice(5) })],
  ['nam.weights', '50 long', namBytes({ ...good, weights: [...good.weights, ...good.weights.slice(0, 50)] })],
  ['nam.weights', 'a null', withWeight(null)],
  ['nam.weights', 'a string', withWeight('0.1')],
  ['nam.weights', '1e400', text(JSON.stringify(good).replace('0.3]', '1e400]'))],
  ['nam.bounds', 'channels −3', array({ channels: -3 })],
  ['nam.bounds', 'channels 100 000', array({ channels: 100_000 })],
  ['nam.bounds', 'LSTM hidden 200 000', namBytes({ ...lstm, config: { ...lstm.config, hidden_size: 200_000 } })],
  ['nam.bounds', 'dilation 2e9', array({ dilations: [1, 2e9] })],
  ['nam.bounds', 'dilations 0 and −2', array({ dilations: [0, -2] })],
  ['nam.bounds', 'dilation 1.5', array({ dilations: [1, 1.5] })],
  ['nam.bounds', 'kernel 0', array({ kernel_size: 0 })],
  ['nam.bounds', 'no layers', namBytes({ ...good, config: { layers: [] } })],
  [
    'nam.bounds',
    'no submodels',
    namBytes({ version: '0.5.4', architecture: 'SlimmableContainer', config: { submodels: [] }, weights: [] }),
  ],
  ['nam.sample_rate', 'rate 0', namBytes({ ...good, sample_rate: 0 })],
  ['nam.sample_rate', 'rate −5', namBytes({ ...good, sample_rate: -5 })],
  ['nam.diverges', 'all weights × 1e30', namBytes({ ...good, weights: good.weights.map((w) => w * 1e30) })],
];

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const object = (config: string) =>
  text(`{"version":"0.5.4","architecture":"WaveNet","config":${config},"weights":[1]}`);
const MIB = 2 ** 20;

/** Captures that are built to hurt: deep, wide, endless or costly to judge. */
export const hostileCaptures = (): readonly BadFile[] => [
  ['nam.too_large', '5 MiB and a byte', Buffer.alloc(5 * MIB + 1, 32)],
  ['nam.schema', 'brackets a million deep', text(nested(1_000_000))],
  ['nam.bounds', 'a million layers', object(`{"layers":[${'{},'.repeat(1_000_000)}{}]}`)],
  ['nam.bounds', 'a million dilations of text', object(`{"layers":[{"dilations":[${'"a",'.repeat(1_000_000)}1]}]}`)],
  ['nam.bounds', 'a million keys', object(`{"layers":[],${'"a":1,'.repeat(1)}"b":[${'0,'.repeat(1_000_000)}0]}`)],
  ['nam.schema', 'a prototype', object('{"__proto__":{"layers":[]},"constructor":{"prototype":{}}}')],
  ['nam.bounds', 'a bottleneck of 1e9', array({ bottleneck: 1e9, gated: true })],
  ['nam.bounds', '1e9 outputs of head1x1', array({ head1x1: { active: true, out_channels: 1e9, groups: 1 } })],
  ['nam.bounds', '0 groups', array({ groups_input: 0 })],
  [
    'nam.bounds',
    'matrices of 134 million numbers behind groups',
    array({
      channels: 64,
      bottleneck: 64,
      groups_input: 64,
      kernel_size: 64,
      gated: true,
      dilations: Array(64).fill(1),
    }),
  ],
  ['nam.architecture', 'a condition that nothing gives', array({ condition_size: 1e9 })],
  ['nam.weights', '200 001 weights', namBytes({ ...good, weights: Array(200_001).fill(0) })],
];

const second = () => aTone(48_000);
const take = (part: Partial<WavFile> = {}) => wavFile({ channels: [second()], ...part });
const withSample = (value: number) =>
  take({ channels: [second().map((v, i) => (i === 500 ? value : v))], float: true });

/** The bad recordings of audio.md §10.10 and the odd ones that are accepted, in its order. */
export const badRecordings = (): readonly BadFile[] => [
  ['wav.not_wav', 'empty', Buffer.alloc(0)],
  ['wav.not_wav', 'text', text('this is no recording at all')],
  ['wav.not_wav', 'random bytes', random(199)],
  ['wav.not_wav', 'MP3', text('ID3\x04\x00\x00\x00\x00\x00\x00')],
  ['wav.not_wav', 'MP4', text('\x00\x00\x00\x18ftypisom')],
  ['wav.not_wav', 'm3u8', text('#EXTM3U\n#EXT-X-VERSION:3\n')],
  ['wav.not_wav', 'concat list', text("ffconcat version 1.0\nfile '/etc/passwd'\n")],
  ['wav.unsupported', 'header cut at 30 bytes', take().subarray(0, 30)],
  ['wav.unsupported', '0 channels', take({ says: { channels: 0 } })],
  ['wav.unsupported', 'tag 0x1234', take({ says: { tag: 0x1234 } })],
  ['wav.no_audio', '0 samples', take({ channels: [[]] })],
  ['wav.sample_rate', 'rate 0', take({ says: { sampleRate: 0 } })],
  ['wav.sample_rate', 'rate 4e9', take({ says: { sampleRate: 4e9 } })],
  ['wav.channels', '64 channels', take({ says: { channels: 64 } })],
  ['wav.silent', 'zeros', take({ channels: [new Float32Array(48_000)] })],
  ['wav.non_finite', 'one NaN', withSample(Number.NaN)],
  ['wav.non_finite', 'one infinity', withSample(Infinity)],
  [null, 'data claims 4 GiB', take({ says: { dataBytes: 2 ** 32 - 1 } })],
  [null, 'data cut mid-frame', take({ bits: 24, channels: [aTone(48_001)] }).subarray(0, -3)],
  [null, 'float peak 10', withSample(10)],
  [null, '96 kHz', take({ sampleRate: 96_000, channels: [aTone(96_000, 220, 96_000)] })],
  [null, 'stereo', take({ channels: [second(), second()] })],
  [null, '8 bits', take({ bits: 8 })],
  [null, '64-bit float', take({ bits: 64, float: true })],
];
