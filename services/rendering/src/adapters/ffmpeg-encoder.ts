import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '@gts/audio';
import type { Encoder, Format, RunOptions } from '../application/ports';
import { BITEXACT, COMMON, FLAC, type Ffmpeg, run } from './ffmpeg';
import { inFolder } from './temp-folder';

type Form = Readonly<{ input: string; output: readonly string[]; container: string }>;
const forms: Readonly<Record<Format, Form>> = {
  flac16: { input: 's16le', output: FLAC, container: 'flac' },
  flac24: { input: 's32le', output: [...FLAC, '-sample_fmt', 's32', '-bits_per_raw_sample', '24'], container: 'flac' },
  opus: { input: 's16le', output: ['-c:a', 'libopus', '-b:a', '160k'], container: 'ogg' },
};

const argsOf = (format: Format): readonly string[] => {
  const { input, output, container } = forms[format];
  return [...COMMON, '-f', input, '-ar', '48000', '-ac', '1', '-i', 'pipe:0', ...BITEXACT, ...output, '-f', container];
};
const allArgs = JSON.stringify((Object.keys(forms) as Format[]).map(argsOf));

type Deps = Readonly<{ ffmpeg: Ffmpeg; tmp: string }>;

/** FLAC and Opus by ffmpeg, byte-stable. */
export const ffmpegEncoder = ({ ffmpeg, tmp }: Deps): Encoder => ({
  id: `ffmpeg:${ffmpeg.version}:${sha256(allArgs).slice(0, 12)}`,
  encode: (pcm, format, options) => inFolder(tmp, (folder) => encode({ ffmpeg, folder }, { pcm, format, options })),
  decode: (flac, mostFrames, { signal }) => {
    const args = [...COMMON, '-f', 'flac', '-i', 'pipe:0', '-f', 's16le', '-c:a', 'pcm_s16le', 'pipe:1'];
    return run({ program: ffmpeg.ffmpeg, args, input: flac, cwd: tmp, signal, mostBytes: 2 * mostFrames });
  },
});

type Encode = Readonly<{ pcm: Uint8Array; format: Format; options: RunOptions }>;
type Place = Readonly<{ ffmpeg: Ffmpeg; folder: string }>;

async function encode({ ffmpeg, folder }: Place, { pcm, format, options: { signal } }: Encode): Promise<Uint8Array> {
  // A file and no pipe: the encoder writes length and checksum into the header at the end.
  const path = join(folder, format);
  const args = [...argsOf(format), path];
  await run({ program: ffmpeg.ffmpeg, args, input: pcm, cwd: folder, signal, mostBytes: 0 });
  return readFile(path);
}
