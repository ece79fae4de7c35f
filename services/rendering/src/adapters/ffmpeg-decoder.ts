import { audioLimits, audioRefusal, type Container, requireChannels, requireContainer, requireRate } from '@gts/audio';
import { hasCode } from '@gts/kernel';
import { z } from 'zod';
import type { AudioDecoder, RunOptions } from '../application/ports';
import { type Ffmpeg, run } from './ffmpeg';
import type { WorkerPool } from './worker/pool';
import type { Decoded } from './worker/protocol';

type Compressed = Exclude<Container, 'wav'>;
type Deps = Readonly<{ ffmpeg: Ffmpeg; pool: WorkerPool; tmp: string }>;

const demuxers: Readonly<Record<Compressed, string>> = { flac: 'flac', aiff: 'aiff', ogg: 'ogg', mp3: 'mp3' };
const { mostSeconds, bytes: mostFileBytes } = audioLimits.wav;
const FLOAT_BYTES = 4;
const tooLong = () =>
  audioRefusal('wav.too_long', `more than ${mostSeconds} s: at most ${mostSeconds} s`, { limit: mostSeconds });
const MOST_PROBED = 100_000;
// The demuxer is forced: without it a playlist named .mp3 would be opened, and the files that it names.
// No pixel: ffmpeg unpacks a cover picture while it looks around, and a megabyte can hold one of 768.
const input = (container: Compressed): string[] => {
  return ['-max_pixels', '1', '-protocol_whitelist', 'pipe,file', '-f', demuxers[container], '-i', 'pipe:0'];
};

const probed = z.object({
  streams: z
    .array(
      z.object({
        codec_name: z.string().default('unknown'),
        sample_rate: z.coerce.number().int(),
        channels: z.number().int(),
        bits_per_raw_sample: z.coerce.number().int().catch(0),
        bits_per_sample: z.number().int().catch(0),
      }),
    )
    .min(1),
});

/** WAV by the own reader, FLAC, AIFF, Ogg and MP3 through ffmpeg; all arithmetic in worker threads. */
export const audioDecoder = ({ ffmpeg, pool, tmp }: Deps): AudioDecoder => ({
  async inspect(bytes, { mediaType, channel }, options) {
    if (bytes.length > mostFileBytes)
      throw audioRefusal('wav.too_large', `${bytes.length} bytes: at most ${mostFileBytes}`, { limit: mostFileBytes });
    const container = requireContainer(bytes, mediaType);
    if (container === 'wav') return pool.run({ kind: 'inspectWav', bytes, channel }, options);
    const audio = await decode({ ffmpeg, tmp }, { bytes, container }, options).catch(asRefusal);
    return pool.run({ kind: 'inspect', audio, channel }, options);
  },
});

type File = Readonly<{ bytes: Uint8Array; container: Compressed }>;

/** What ffmpeg cannot read is the file's fault, not the machine's. */
function asRefusal(error: unknown): never {
  if (hasCode(error, 'encoder.failed')) throw audioRefusal('wav.unsupported', error.message);
  throw error;
}

type Probed = z.infer<typeof probed>['streams'][number];
// Of its tags nothing: a cover picture among them is longer than every answer.
const ASKED = ['codec_name', 'sample_rate', 'channels', 'bits_per_raw_sample', 'bits_per_sample'];
const SHOW = ['-select_streams', 'a:0', '-show_entries', `stream=${ASKED.join()}`, '-of', 'json'];
const QUIET = ['-hide_banner', '-v', 'error', '-threads', '1'];
type Place = Omit<Deps, 'pool'>;

/** What the first stream of sound says of itself. */
async function probe({ ffmpeg, tmp }: Place, { bytes, container }: File, { signal }: RunOptions): Promise<Probed> {
  const args = [...QUIET, ...input(container), ...SHOW];
  const asked = { program: ffmpeg.ffprobe, args, inputs: [bytes], cwd: tmp, signal, mostBytes: MOST_PROBED };
  const [stream] = streamsIn(Buffer.from(await run(asked)).toString());
  if (!stream) throw audioRefusal('wav.no_audio', 'the file holds no audio stream');
  requireChannels(stream.channels, 'wav');
  requireRate(stream.sample_rate, 'wav');
  return stream;
}

function streamsIn(json: string): readonly Probed[] {
  try {
    return probed.safeParse(JSON.parse(json)).data?.streams ?? [];
  } catch {
    throw audioRefusal('wav.unsupported', 'what the file says of itself cannot be read');
  }
}

async function decode({ ffmpeg, tmp }: Place, file: File, options: RunOptions): Promise<Decoded> {
  const { bytes, container } = file;
  const stream = await probe({ ffmpeg, tmp }, file, options);
  const { sample_rate: sampleRate, codec_name: codec, channels, bits_per_raw_sample, bits_per_sample } = stream;
  const cap = ['-t', String(mostSeconds + 1)];
  const output = ['-map', '0:a:0', '-f', 'f32le', '-c:a', 'pcm_f32le', 'pipe:1'];
  const args = ['-nostdin', ...QUIET, ...cap, ...input(container), ...output];
  const mostBytes = mostSeconds * sampleRate * channels * FLOAT_BYTES;
  const asked = { program: ffmpeg.ffmpeg, args, inputs: [bytes], cwd: tmp, signal: options.signal };
  const pcm = await run({ ...asked, mostBytes, tooMuch: tooLong });
  return { pcm, channels, sampleRate, bits: bits_per_raw_sample || bits_per_sample, codec, container };
}
