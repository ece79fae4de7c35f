import { aTone, badRecordings, wavFile, type WavFile } from '@gts/testing';
import {
  acceptDiWav,
  acceptIrWav,
  audioCodes,
  audioLimits,
  audioRefusal,
  audioStatusOf,
  convolve,
  integratedLoudness,
  isAudioRefusal,
  prepareIr,
  quantise24,
  readWav,
  requireContainer,
  writeWav24,
} from './index';

const second = aTone(48_000);
const di = (part: Partial<WavFile> = {}) => wavFile({ channels: [second], ...part });
const withSample = (value: number) => di({ channels: [second.map((v, i) => (i === 500 ? value : v))], float: true });
const words = (text: string) => Buffer.from(text, 'latin1');

describe('a bad recording is refused with', () => {
  test('a list of 24 with the odd ones, as the design has it', () => {
    expect(badRecordings().length).toBe(24);
  });
  const known = badRecordings().filter(([code]) => code !== null);
  test.each<readonly [string | null, string, Buffer]>([
    ...known,
    ['wav.not_wav', 'one byte', words('R')],
    ['wav.not_wav', 'RF64', Buffer.concat([words('RF64'), di().subarray(4)])],
    ['wav.channels', '65 535 channels', di({ says: { channels: 65_535 } })],
    ['wav.too_long', '121 s', di({ channels: [new Float32Array(121 * 44_100)], sampleRate: 44_100 })],
    ['wav.no_audio', 'no data chunk', di().subarray(0, 36)],
    ['wav.too_short', '0.9 s', di({ channels: [second.subarray(0, 43_200)] })],
    ['wav.level', 'peak 17', withSample(17)],
  ])('%s: %s', (code, _, bytes) => {
    expect(() => acceptDiWav(bytes)).toThrow(expect.objectContaining({ code, kind: 'rule-violated' }));
  });
  test('wav.too_large, before a byte is looked at', () => {
    const bytes = new Uint8Array(audioLimits.wav.bytes + 1);
    const details = { limit: audioLimits.wav.bytes };
    expect(() => acceptDiWav(bytes)).toThrow(expect.objectContaining({ code: 'wav.too_large', details }));
  });
  test.each([
    ['ir.not_wav', words('no'), undefined],
    ['ir.too_long', di({ channels: [new Float32Array(11 * 48_000)] }), undefined],
    ['ir.silent', di({ channels: [new Float32Array(100)] }), undefined],
    ['ir.silent', di({ channels: [second, new Float32Array(48_000)] }), 'right'],
  ] as const)('%s for an impulse response', (code, bytes, channel) => {
    expect(() => acceptIrWav(bytes, channel)).toThrow(expect.objectContaining({ code }));
  });
});

describe('an odd but sound recording is accepted', () => {
  test.each<readonly [string, Buffer, readonly string[]]>([
    ['data claims 4 GiB', di({ says: { dataBytes: 2 ** 32 - 1 } }), ['wav.truncated']],
    ['data cut mid-frame', di({ bits: 24, channels: [aTone(48_001)] }).subarray(0, -3), ['wav.truncated']],
    ['float peak 10', withSample(10), ['di.hot']],
    ['96 kHz', di({ sampleRate: 96_000, channels: [aTone(96_000, 220, 96_000)] }), []],
    ['equal stereo', di({ channels: [second, second] }), []],
    ['unequal stereo', di({ channels: [second, new Float32Array(48_000)] }), ['wav.stereo_left']],
    ['8 bits', di({ bits: 8 }), []],
    ['32 bits', di({ bits: 32 }), []],
    ['64-bit float', di({ bits: 64, float: true }), []],
    ['extensible 24 bits', di({ bits: 24, extensible: true }), []],
    [
      'odd JUNK and bext first',
      di({
        before: [
          ['JUNK', Buffer.alloc(7)],
          ['bext', Buffer.alloc(602)],
        ],
      }),
      [],
    ],
  ])('%s', (_, bytes, warnings) => {
    const accepted = acceptDiWav(bytes);
    expect(accepted.warnings).toEqual(warnings);
    expect(Math.abs(accepted.samples.length - 48_000)).toBeLessThanOrEqual(1);
    expect(Math.abs((accepted.samples[300] ?? NaN) - (second[300] ?? NaN))).toBeLessThan(0.01);
  });
  test('the channel is the one that was chosen', () => {
    const bytes = di({ channels: [second, second.map((v) => v / 2)], float: true });
    expect(acceptDiWav(bytes, 'right').samples[300]).toBeCloseTo((second[300] ?? NaN) / 2, 6);
    expect(acceptDiWav(bytes, 'mix')).toMatchObject({ warnings: [], source: { channels: 2, codec: 'pcm_f32le' } });
  });
  test('levels and picture are those of the signal', () => {
    const square = Float32Array.from({ length: 48_000 }, (_, i) => (i % 4800 < 2400 ? 0.5 : -0.5));
    const clipped = square.map((v, i) => (i < 7 ? 1 : v));
    const { levels, waveform, durationMs } = acceptDiWav(di({ channels: [clipped] }));
    expect(levels).toMatchObject({ clippedSamples: 7, rmsDbfs: expect.closeTo(-6.02, 2) as number });
    const pairs = new Int8Array(Buffer.from(waveform.pairs, 'base64'));
    expect([durationMs, pairs.length, waveform.peak, pairs[1]]).toEqual([1000, 1800, expect.closeTo(1, 3), 127]);
  });
});

test('an impulse response of another rate is as loud as its twin at 48 kHz', () => {
  // Twins as digital filters of one device: each sample carries its share of a second.
  const device = (t: number) => Math.sin(2 * Math.PI * 800 * t) * t * Math.exp(-t / 0.004);
  const loudness = (rate: number) => {
    const h = Float32Array.from({ length: rate / 10 }, (_, i) => (48_000 / rate) * 20 * device(i / rate));
    const { samples } = acceptIrWav(wavFile({ channels: [h], sampleRate: rate, float: true }));
    return integratedLoudness(convolve(second, prepareIr(samples)));
  };
  expect(Math.abs(loudness(44_100) - loudness(48_000))).toBeLessThan(0.01);
});

test('24-bit WAV files come back bit for bit', () => {
  const samples = quantise24(second);
  const { channels } = readWav(writeWav24(samples));
  expect(quantise24(channels[0] ?? new Float32Array())).toEqual(samples);
  expect(writeWav24(samples.subarray(0, 3)).length % 2).toBe(0);
});

describe('the container is told by its first bytes', () => {
  test.each([
    ['di.container_forbidden', "ffconcat version 1.0\nfile 'x'", undefined],
    ['di.container_forbidden', '\x00\x00\x00\x18ftypisom', 'audio/wav'],
    ['wav.not_wav', 'just text', 'audio/wav'],
    ['wav.not_wav', 'fLaC....', 'audio/wav'],
  ])('%s', (code, text, claimed) => {
    expect(() => requireContainer(words(text), claimed)).toThrow(expect.objectContaining({ code }));
  });
  test.each([
    ['flac', 'fLaC....', 'audio/flac'],
    ['ogg', 'OggS', 'audio/ogg; codecs=opus'],
    ['aiff', 'FORM....AIFC', undefined],
    ['mp3', '\xff\xfb\x90\x00', 'application/octet-stream'],
    ['wav', 'RIFF....WAVEfmt ', 'audio/x-wav'],
  ])('%s', (container, text, claimed) => {
    expect(requireContainer(words(text), claimed)).toBe(container);
  });
});

describe('the closed list', () => {
  test('has one row a code, each with kind and status', () => {
    expect(new Set(audioCodes.map(({ code }) => code)).size).toBe(audioCodes.length);
    expect(
      ['wav.not_wav', 'ir.too_large', 'nam.schema', 'render.silent', 'engine.crash', 'x'].map(audioStatusOf),
    ).toEqual([415, 413, 422, null, 503, undefined]);
    expect([isAudioRefusal('nam.weights'), isAudioRefusal('engine.crash')]).toEqual([true, false]);
  });
  test('its errors carry text and limit', () => {
    const error = audioRefusal('ir.too_long', 'too long', { limit: 10 });
    expect(error).toMatchObject({
      code: 'ir.too_long',
      kind: 'rule-violated',
      message: 'too long',
      details: { limit: 10 },
    });
  });
});

/** An Ogg page that begins a stream, unless the flags say otherwise. */
const page = (text: string, flags = 2) =>
  Buffer.concat([words('OggS\0'), Buffer.from([flags]), Buffer.alloc(20), Buffer.from([1, text.length]), words(text)]);

test('an Ogg file with another stream beside the sound is a video', () => {
  const sound = page('\x01vorbis and more');
  expect(requireContainer(Buffer.concat([sound, page('\x80theora', 0)]))).toBe('ogg');
  for (const pages of [
    [page('\x80theora'), sound],
    [sound, page('\x80theora')],
    [page('fishead\0'), page('BBCD')],
  ])
    expect(() => requireContainer(Buffer.concat(pages))).toThrow(
      expect.objectContaining({ code: 'di.container_forbidden' }),
    );
});
