import { type Channel, toMono } from './mono';
import { type AudioWarning, audioRefusal } from './refusals';
import { resampleTelling } from './resample';
import { partOf, type Tell, untold } from './tell';
import { isFinitePcm, peakOf, SAMPLE_RATE } from './units';
import {
  decodeFrames,
  type DecodedAudio,
  describeWav,
  type Family,
  readWavHeader,
  requireChannels,
  requireRate,
} from './wav';
import { type Levels, levelsOf, peaks, type Waveform } from './waveform';

const MIB = 1024 * 1024;
/** Limits at ingest: bytes, seconds, and levels of the sample values. */
export const audioLimits = {
  wav: { bytes: 100 * MIB, leastSeconds: 1, mostSeconds: 120, leastPeak: 1e-4, mostPeak: 16 },
  ir: { bytes: 10 * MIB, leastSeconds: 0, mostSeconds: 10, leastPeak: 1e-6, mostPeak: 16 },
} as const;

function requireBytes(bytes: number, family: Family): void {
  const limit = audioLimits[family].bytes;
  if (bytes > limit) throw audioRefusal(`${family}.too_large`, `${bytes} bytes: at most ${limit}`, { limit });
}

type Extent = Readonly<{ frames: number; sampleRate: number }>;

// "Size" before "samples" in the order of audio.md §1.1; nothing at all is no_audio rather than too short.
function requireDuration({ frames, sampleRate }: Extent, family: Family): void {
  const { leastSeconds, mostSeconds } = audioLimits[family];
  const seconds = frames / sampleRate;
  const said = `${seconds.toFixed(2)} s`;
  if (seconds > mostSeconds)
    throw audioRefusal(`${family}.too_long`, `${said}: at most ${mostSeconds} s`, { limit: mostSeconds });
  if (frames < 1) throw audioRefusal(`${family}.no_audio`, 'the file holds no sample');
  if (seconds < leastSeconds)
    throw audioRefusal(`${family}.too_short`, `${said}: at least ${leastSeconds} s`, { limit: leastSeconds });
}

function requireLevel(mono: Float32Array, family: Family): number {
  const { leastPeak, mostPeak } = audioLimits[family];
  const peak = peakOf(mono);
  if (peak > mostPeak)
    throw audioRefusal(`${family}.level`, `the peak is ${peak.toFixed(1)}: at most ${mostPeak}`, { limit: mostPeak });
  if (peak < leastPeak) throw audioRefusal(`${family}.silent`, 'the chosen channel is silent', { limit: leastPeak });
  return peak;
}

/** One channel of a checked file at its own rate. */
type Checked = Readonly<{ mono: Float32Array; peak: number; warnings: readonly AudioWarning[] }>;

function check(audio: DecodedAudio, family: Family, channel: Channel | undefined): Checked {
  requireChannels(audio.channels.length, family);
  requireRate(audio.sampleRate, family);
  requireDuration({ frames: audio.channels[0].length, sampleRate: audio.sampleRate }, family);
  if (!audio.channels.every(isFinitePcm)) throw audioRefusal(`${family}.non_finite`, 'a sample is NaN or infinite');
  const { samples, warnings } = toMono(audio.channels, channel);
  return { mono: samples, peak: requireLevel(samples, family), warnings: [...audio.warnings, ...warnings] };
}

function decodeChecked(bytes: Uint8Array, family: Family): DecodedAudio {
  requireBytes(bytes.length, family);
  const header = readWavHeader(bytes, family);
  requireDuration(header, family);
  return { channels: decodeFrames(bytes, header), ...describeWav(header) };
}

/** What the file was, for people and manifests. */
export type SourceFormat = Readonly<{
  container: string;
  codec: string;
  sampleRate: number;
  channels: number;
  bits: number;
}>;
const formatOf = ({ container, codec, sampleRate, channels, bits }: DecodedAudio): SourceFormat => ({
  container,
  codec,
  sampleRate,
  channels: channels.length,
  bits,
});

/** Shares of the work: reading and checking, then resampling, then looking. */
const READ = 0.1;
const RESAMPLED = 0.9;

/** An accepted recording: mono 48 kHz, its levels and its picture. */
export type AcceptedDi = Readonly<{
  samples: Float32Array;
  source: SourceFormat;
  durationMs: number;
  levels: Levels;
  waveform: Waveform;
  warnings: readonly AudioWarning[];
}>;

/**
 * Stages 2 and 3 and the checks on a recording that ffmpeg (or {@link readWav}) decoded at its own rate.
 * @throws `wav.channels`, `wav.sample_rate`, `wav.too_long`, `wav.no_audio`, `wav.too_short`, `wav.non_finite`,
 * `wav.level`, `wav.silent`, in this order
 */
export function acceptDi(audio: DecodedAudio, channel?: Channel, tell = untold): AcceptedDi {
  const { mono, peak, warnings } = check(audio, 'wav', channel);
  tell(READ);
  const samples = resampleTelling(partOf(tell, READ, RESAMPLED))(mono, audio.sampleRate, SAMPLE_RATE);
  tell(RESAMPLED);
  return {
    samples,
    source: formatOf(audio),
    durationMs: Math.round((mono.length * 1000) / audio.sampleRate),
    levels: levelsOf(samples, mono),
    waveform: peaks(samples),
    warnings: peak > 1 ? [...warnings, 'di.hot'] : warnings,
  };
}

/**
 * Stages 1 to 3 and all checks on a recording in a WAV file.
 * @throws `wav.*`
 */
export const acceptDiWav = (bytes: Uint8Array, channel?: Channel, tell?: Tell): AcceptedDi =>
  acceptDi(decodeChecked(bytes, 'wav'), channel, tell);

/** An accepted impulse response: mono, 48 kHz, scaled so that a file of another rate is equally loud. */
export type AcceptedIr = Readonly<{
  samples: Float32Array;
  frames: number;
  source: SourceFormat;
  peakDbfs: number;
  warnings: readonly AudioWarning[];
}>;

/**
 * Reads and checks an impulse response; `frames` and `peakDbfs` are those of the file.
 * The samples are multiplied by rate / 48000: resampling keeps values, convolution sums them.
 * @throws `ir.*`
 */
export function acceptIrWav(bytes: Uint8Array, channel?: Channel, tell = untold): AcceptedIr {
  const audio = decodeChecked(bytes, 'ir');
  const { mono, peak, warnings } = check(audio, 'ir', channel);
  const scale = audio.sampleRate / SAMPLE_RATE;
  const samples = resampleTelling(tell)(mono, audio.sampleRate, SAMPLE_RATE);
  return {
    samples: scale === 1 ? samples : samples.map((v) => v * scale),
    frames: mono.length,
    source: formatOf(audio),
    peakDbfs: 20 * Math.log10(peak),
    warnings,
  };
}
