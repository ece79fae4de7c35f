import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { audioRefusal, sha256 } from '@gts/audio';
import { type ArtefactStore, storeError } from '@gts/artefacts';
import type { Encoder, Format, RunOptions } from '../application/ports';
import type { FileRef } from '../domain/render-job';
import { type Ffmpeg, run } from './ffmpeg';

const COMMON = ['-nostdin', '-hide_banner', '-v', 'error', '-threads', '1', '-protocol_whitelist', 'pipe,file'];
const BITEXACT = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'];
const FLAC = ['-c:a', 'flac', '-compression_level', '8'];
const forms: Readonly<Record<Format, Readonly<{ input: string; output: readonly string[] }>>> = {
  flac16: { input: 's16le', output: FLAC },
  flac24: { input: 's32le', output: [...FLAC, '-sample_fmt', 's32', '-bits_per_raw_sample', '24'] },
};
const MOST_DECODED = 60_000_000;

const argsOf = (format: Format): readonly string[] => {
  const { input, output } = forms[format];
  return [...COMMON, '-f', input, '-ar', '48000', '-ac', '1', '-i', 'pipe:0', ...BITEXACT, ...output, '-f', 'flac'];
};

type Deps = Readonly<{ ffmpeg: Ffmpeg; artefacts: ArtefactStore; tmp: string }>;

/** FLAC by ffmpeg, byte-stable; files appear in the store complete or not at all. */
export const ffmpegEncoder = ({ ffmpeg, artefacts, tmp }: Deps): Encoder => ({
  id: `ffmpeg:${ffmpeg.version}:${sha256(JSON.stringify([argsOf('flac16'), argsOf('flac24')])).slice(0, 12)}`,
  encode: (pcm, format, options) =>
    inFolder(tmp, (folder) => encode({ ffmpeg, artefacts, folder }, { pcm, format, options })),
  decode: async ({ sha256: hash }, { signal }) => {
    const flac = await artefacts.read(hash);
    if (!flac) throw audioRefusal('encoder.failed', 'the encoded file is gone');
    const args = [...COMMON, '-f', 'flac', '-i', 'pipe:0', '-f', 's16le', '-c:a', 'pcm_s16le', 'pipe:1'];
    return run({ program: ffmpeg.ffmpeg, args, input: flac, cwd: tmp, signal, mostBytes: MOST_DECODED });
  },
});

type Encode = Readonly<{ pcm: Uint8Array; format: Format; options: RunOptions }>;

async function encode(
  { ffmpeg, artefacts, folder }: Omit<Deps, 'tmp'> & { folder: string },
  { pcm, format, options: { signal } }: Encode,
): Promise<FileRef> {
  // A file and no pipe: the encoder writes length and checksum into the header at the end.
  const path = join(folder, `${format}.flac`);
  const args = [...argsOf(format), path];
  await run({ program: ffmpeg.ffmpeg, args, input: pcm, cwd: folder, signal, mostBytes: 0 });
  return { ...(await artefacts.put(createReadStream(path))), mediaType: 'audio/flac' };
}

/** A folder of its own, gone afterwards whatever happens. */
async function inFolder<T>(tmp: string, action: (folder: string) => Promise<T>): Promise<T> {
  let folder: string | undefined;
  try {
    await mkdir(tmp, { recursive: true });
    folder = await mkdtemp(join(tmp, 'encode-'));
    return await action(folder);
  } catch (error) {
    throw storeError(error);
  } finally {
    if (folder) await rm(folder, { recursive: true, force: true });
  }
}
