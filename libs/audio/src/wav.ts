import { detectContainer } from './container';
import { type AudioWarning, audioRefusal } from './refusals';

/** Which closed codes a file is refused with: `wav.*` for recordings, `ir.*` for impulse responses. */
export type Family = 'wav' | 'ir';
export const RATES: readonly number[] = [44_100, 48_000, 88_200, 96_000, 176_400, 192_000];

/** Header of a WAV file after the checks container, format, channels and rate. */
export type WavHeader = Readonly<{
  tag: 1 | 3;
  bits: number;
  channels: number;
  sampleRate: number;
  frames: number;
  dataStart: number;
  truncated: boolean;
}>;

/** Decoded audio: one `Float32Array` a channel, full scale 1.0, at the file's own rate. */
export type DecodedAudio = Readonly<{
  channels: readonly Float32Array[];
  sampleRate: number;
  bits: number;
  codec: string;
  container: string;
  warnings: readonly AudioWarning[];
}>;

type Chunks = { fmt?: readonly [start: number, size: number]; data?: readonly [start: number, size: number] };

function findChunks(bytes: Uint8Array, view: DataView): Chunks {
  const chunks: Chunks = {};
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = String.fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
    const size = view.getUint32(at + 4, true);
    if (id === 'fmt ' && !chunks.fmt) chunks.fmt = [at + 8, size];
    if (id === 'data' && !chunks.data) chunks.data = [at + 8, size];
    if (chunks.fmt && chunks.data) break;
    at += 8 + size + (size & 1);
  }
  return chunks;
}

const readable: Readonly<Record<number, readonly number[]>> = { 1: [8, 16, 24, 32], 3: [32, 64] };

function readFormat(view: DataView, fmt: Chunks['fmt'], family: Family) {
  const unsupported = (detail: string) => audioRefusal(`${family}.unsupported`, detail);
  if (!fmt || fmt[1] < 16 || fmt[0] + fmt[1] > view.byteLength)
    throw unsupported('the file has no usable format chunk');
  const [at, size] = fmt;
  const outer = view.getUint16(at, true);
  const tag = outer === 0xfffe && size >= 26 ? view.getUint16(at + 24, true) : outer;
  const channels = view.getUint16(at + 2, true);
  const bits = view.getUint16(at + 14, true);
  if ((tag !== 1 && tag !== 3) || !readable[tag].includes(bits))
    throw unsupported(`format ${tag} with ${bits} bits is not read: integer 8 to 32 bits and float 32 or 64 are`);
  if (channels === 0) throw unsupported('the file names 0 channels');
  return { tag, bits, channels, sampleRate: view.getUint32(at + 4, true) } as const;
}

export const requireChannels = (channels: number, family: Family): void => {
  if (channels < 1 || channels > 2)
    throw audioRefusal(`${family}.channels`, `${channels} channels: one or two are read`, { limit: 2 });
};
export const requireRate = (rate: number, family: Family): void => {
  if (!RATES.includes(rate))
    throw audioRefusal(`${family}.sample_rate`, `${rate} Hz is not read: ${RATES.join(', ')} Hz are`);
};

/**
 * Reads the header and checks container, format, channels and rate, in this order; looks at no sample.
 * @throws `wav.not_wav`, `wav.unsupported`, `wav.channels`, `wav.sample_rate` or the same of `ir`
 */
export function readWavHeader(bytes: Uint8Array, family: Family = 'wav'): WavHeader {
  if (detectContainer(bytes) !== 'wav')
    throw audioRefusal(`${family}.not_wav`, 'the file does not begin as a RIFF WAVE file does');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = findChunks(bytes, view);
  const format = readFormat(view, chunks.fmt, family);
  requireChannels(format.channels, family);
  requireRate(format.sampleRate, family);
  // blockAlign and the declared size are often wrong; what counts is what the file holds.
  const [dataStart, declared] = chunks.data ?? [bytes.length, 0];
  const held = Math.min(declared, bytes.length - dataStart);
  const frames = Math.floor(held / ((format.channels * format.bits) / 8));
  return { ...format, frames, dataStart, truncated: declared > held };
}

type Sample = (view: DataView, at: number) => number;
const samples: Readonly<Record<string, Sample>> = {
  '1/8': (view, at) => (view.getUint8(at) - 128) / 128,
  '1/16': (view, at) => view.getInt16(at, true) / 32_768,
  '1/24': (view, at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8_388_608,
  '1/32': (view, at) => view.getInt32(at, true) / 2_147_483_648,
  '3/32': (view, at) => view.getFloat32(at, true),
  '3/64': (view, at) => view.getFloat64(at, true),
};

/** Turns the frames behind a header into planes of float32. */
export function decodeFrames(bytes: Uint8Array, header: WavHeader): Float32Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sample = samples[`${header.tag}/${header.bits}`];
  const width = header.bits / 8;
  return Array.from({ length: header.channels }, (_, channel) => {
    const plane = new Float32Array(header.frames);
    let at = header.dataStart + channel * width;
    for (let i = 0; i < header.frames; i++, at += width * header.channels) plane[i] = sample(view, at);
    return plane;
  });
}

const codecOf = ({ tag, bits }: WavHeader): string =>
  tag === 3 ? `pcm_f${bits}le` : bits === 8 ? 'pcm_u8' : `pcm_s${bits}le`;

/** What a header says before its samples are decoded. */
export const describeWav = (header: WavHeader) => ({
  sampleRate: header.sampleRate,
  bits: header.bits,
  codec: codecOf(header),
  container: 'wav',
  warnings: header.truncated ? (['wav.truncated'] as const) : [],
});

/**
 * Stage 1: decodes a WAV file of 8 to 32-bit integers or 32/64-bit floats, plain or WAVE_FORMAT_EXTENSIBLE.
 * @throws what {@link readWavHeader} throws, then `wav.no_audio` (or `ir.no_audio`)
 */
export function readWav(bytes: Uint8Array, family: Family = 'wav'): DecodedAudio {
  const header = readWavHeader(bytes, family);
  if (header.frames < 1) throw audioRefusal(`${family}.no_audio`, 'the file holds no sample');
  return { channels: decodeFrames(bytes, header), ...describeWav(header) };
}

/** Writes a mono 24-bit WAV file of integers in ±2²³, as {@link quantise24} makes them. */
export function writeWav24(samples24: Int32Array, sampleRate = 48_000): Uint8Array {
  const dataBytes = samples24.length * 3;
  const bytes = new Uint8Array(44 + dataBytes + (dataBytes & 1));
  const view = new DataView(bytes.buffer);
  const text = (at: number, letters: string) => bytes.set(new TextEncoder().encode(letters), at);
  text(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * 3, true);
  view.setUint16(32, 3, true);
  view.setUint16(34, 24, true);
  text(36, 'data');
  view.setUint32(40, dataBytes, true);
  for (let i = 0, at = 44; i < samples24.length; i++, at += 3) {
    view.setInt16(at, samples24[i], true);
    view.setInt8(at + 2, samples24[i] >> 16);
  }
  return bytes;
}
