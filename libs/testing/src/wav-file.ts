/** What a WAV file shall look like; every header field can lie. */
export type WavFile = Readonly<{
  /** Planes of equal length, full scale 1.0. */
  channels: readonly (readonly number[] | Float32Array)[];
  sampleRate?: number;
  bits?: 8 | 16 | 24 | 32 | 64;
  float?: boolean;
  extensible?: boolean;
  /** Overrides of single header fields. */
  says?: Readonly<{ tag?: number; channels?: number; sampleRate?: number; dataBytes?: number }>;
  /** Chunks before `fmt `: name of four letters and content. */
  before?: readonly (readonly [name: string, content: Buffer])[];
}>;

const chunk = (name: string, content: Buffer, size = content.length): Buffer => {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length & 1)]);
};

function writeSample(to: Buffer, at: number, { v, bits, float }: { v: number; bits: number; float: boolean }): void {
  if (float && bits === 64) to.writeDoubleLE(v, at);
  else if (float) to.writeFloatLE(v, at);
  else if (bits === 8) to.writeUInt8(Math.max(0, Math.min(255, Math.round(v * 128) + 128)), at);
  else {
    const most = 2 ** (bits - 1);
    to.writeIntLE(Math.max(-most, Math.min(most - 1, Math.round(v * most))), at, bits / 8);
  }
}

function extension(tag: number, bits: number): Buffer {
  const rest = Buffer.alloc(24);
  rest.writeUInt16LE(22, 0);
  rest.writeUInt16LE(bits, 2);
  rest.writeUInt16LE(tag, 8);
  rest.write('\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71', 10, 'latin1');
  return rest;
}

const tagOf = ({ says, float }: WavFile): number => says?.tag ?? (float ? 3 : 1);

function formatChunk(file: WavFile, bits: number): Buffer {
  const { says = {}, extensible = false, channels, sampleRate = 48_000 } = file;
  const fmt = Buffer.alloc(16);
  const tag = tagOf(file);
  const rate = says.sampleRate ?? sampleRate;
  const frameBytes = channels.length * (bits / 8);
  fmt.writeUInt16LE(extensible ? 0xfffe : tag, 0);
  fmt.writeUInt16LE(says.channels ?? channels.length, 2);
  fmt.writeUInt32LE(rate, 4);
  fmt.writeUInt32LE((rate * frameBytes) % 2 ** 32, 8);
  fmt.writeUInt16LE(frameBytes, 12);
  fmt.writeUInt16LE(bits, 14);
  return extensible ? Buffer.concat([fmt, extension(tag, bits)]) : fmt;
}

/** Builds a WAV file, sound or broken, without any code of the product. */
export function wavFile(file: WavFile): Buffer {
  const { channels, float = false, before = [], says = {} } = file;
  const bits = file.bits ?? (float ? 32 : 16);
  const width = bits / 8;
  const frames = channels[0]?.length ?? 0;
  const data = Buffer.alloc(frames * channels.length * width);
  const put = (v: number, frame: number, channel: number) => {
    if (v !== 0 || bits === 8) writeSample(data, (frame * channels.length + channel) * width, { v, bits, float });
  };
  channels.forEach((plane, channel) => plane.forEach((v, frame) => put(v, frame, channel)));
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    ...before.map(([name, content]) => chunk(name, content)),
    chunk('fmt ', formatChunk(file, bits)),
    chunk('data', data, says.dataBytes ?? data.length),
  ]);
  return chunk('RIFF', body);
}

/** A quiet decaying tone: audible, finite, never clipped. */
export const aTone = (frames: number, frequency = 220, sampleRate = 48_000): Float32Array =>
  Float32Array.from(
    { length: frames },
    (_, i) => 0.4 * Math.exp(-i / (2 * sampleRate)) * Math.sin((2 * Math.PI * frequency * i) / sampleRate),
  );
