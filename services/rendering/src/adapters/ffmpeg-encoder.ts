import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '@gts/audio';
import type { Encodable, Encoder, Format, RunOptions } from '../application/ports';
import { BITEXACT, COMMON, FLAC, type Ffmpeg, pipeOf, run } from './ffmpeg';
import { inFolder } from './temp-folder';

type Form = Readonly<{ input: string; output: readonly string[]; container: string }>;
const forms: Readonly<Record<Format, Form>> = {
  flac16: { input: 's16le', output: FLAC, container: 'flac' },
  flac24: { input: 's32le', output: [...FLAC, '-sample_fmt', 's32', '-bits_per_raw_sample', '24'], container: 'flac' },
  opus: { input: 's16le', output: ['-c:a', 'libopus', '-b:a', '160k'], container: 'ogg' },
};

const RAW = ['-ar', '48000', '-ac', '1', '-i'];
const inputOf = (format: Format, index: number): readonly string[] => [
  ...(index === 0 ? [] : ['-protocol_whitelist', 'pipe,file']),
  '-f',
  forms[format].input,
  ...RAW,
  pipeOf(index),
];
/** One file of one sound: what the bytes of each depend on, also where several are made by one run. */
const outputOf = (format: Format): readonly string[] => [
  ...BITEXACT,
  ...forms[format].output,
  '-f',
  forms[format].container,
];
const allArgs = JSON.stringify(
  (Object.keys(forms) as Format[]).map((format) => [...COMMON, ...inputOf(format, 0), ...outputOf(format)]),
);

type Deps = Readonly<{ ffmpeg: Ffmpeg; tmp: string }>;

/** FLAC and Opus by ffmpeg, byte-stable. */
export const ffmpegEncoder = ({ ffmpeg, tmp }: Deps): Encoder => ({
  id: `ffmpeg:${ffmpeg.version}:${sha256(allArgs).slice(0, 12)}`,
  encode: (sounds, options) => inFolder(tmp, (folder) => encode({ ffmpeg, folder }, sounds, options)),
});

type Place = Readonly<{ ffmpeg: Ffmpeg; folder: string }>;

/** All by one run: to start the program takes as long as to encode a minute. */
async function encode({ ffmpeg, folder }: Place, sounds: readonly Encodable[], { signal }: RunOptions) {
  // Files and no pipes: the encoder writes length and checksum into the header at the end.
  const paths = sounds.map((_, i) => join(folder, `sound${i}`));
  const inputs = sounds.flatMap(({ format }, i) => inputOf(format, i));
  const outputs = sounds.flatMap(({ format }, i) => ['-map', String(i), ...outputOf(format), paths[i] ?? '']);
  const args = [...COMMON, ...inputs, ...outputs];
  const asked = { program: ffmpeg.ffmpeg, args, cwd: folder, signal, mostBytes: 0 };
  await run({ ...asked, inputs: sounds.map(({ pcm }) => pcm) });
  return Promise.all(paths.map((path) => readFile(path)));
}
