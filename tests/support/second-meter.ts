import { spawnSync } from 'node:child_process';

function ffmpeg(args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.env['FFMPEG_PATH'] ?? 'ffmpeg', ['-nostdin', ...args], {
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`ffmpeg ${args.join(' ')}: ${stderr.toString()}`);
  return { stdout, stderr: stderr.toString() };
}

const last = (text: string, pattern: RegExp): number => Number([...text.matchAll(pattern)].at(-1)?.[1] ?? NaN);

/** Loudness and true peak by a meter that shares nothing with ours. */
export function meteredByFfmpeg(file: string) {
  const filter = 'ebur128=peak=true:dualmono=true:metadata=1,ametadata=mode=print:key=lavfi.r128.I:file=-';
  const { stdout, stderr } = ffmpeg(['-hide_banner', '-i', file, '-af', filter, '-f', 'null', '-']);
  return {
    integrated: last(stdout.toString(), /lavfi\.r128\.I=(-?[\d.]+)/g),
    truePeak: last(stderr, /Peak:\s+(-?[\d.]+) dBFS/g),
  };
}

/** The samples of a FLAC file, full scale 1. */
export function decoded(file: string): Float32Array {
  const { stdout } = ffmpeg(['-v', 'error', '-i', file, '-f', 's32le', '-']);
  const out = new Float32Array(stdout.length / 4);
  for (let i = 0; i < out.length; i++) out[i] = stdout.readInt32LE(4 * i) / 2 ** 31;
  return out;
}
