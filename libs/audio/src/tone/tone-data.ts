import { canonicalJson } from '@gts/kernel';
import { base64Of } from '../base64';
import { loudness } from '../loudness';
import { peaks, type Waveform } from '../waveform';
import { type ToneMetrics, toneMetrics } from './metrics';
import { averageSpectrum, thirdOctaves } from './spectrum';

/** What is computed from one levelled tone alone; plain JSON, so it can wait in a cache for the rest of its set. */
export type ToneAnalysis = Readonly<{
  frames: number;
  waveform: Waveform;
  /** dBFS of the 27 third-octave bands, 50 Hz to 20 kHz. */
  ltasDb: readonly (number | null)[];
  /** Base64 of little-endian Int16: 0.1 LUFS per 100 ms, the first at 0.4 s and 3 s; −32 768 is silence. */
  momentary: string;
  shortTerm: string;
  metrics: ToneMetrics;
}>;

/**
 * Everything that `tone.json` holds about the sound.
 * @param x levelled tone before quantising, mono 48 kHz
 * @param diOnsetMs `onsetOf` the prepared DI
 */
export function analyseTone(x: Float32Array, diOnsetMs: number | null): ToneAnalysis {
  const powers = averageSpectrum(x);
  const { momentary, shortTerm } = loudness(x);
  return {
    frames: x.length,
    waveform: peaks(x),
    ltasDb: thirdOctaves(powers),
    momentary: base64Of(momentary),
    shortTerm: base64Of(shortTerm),
    metrics: toneMetrics(x, powers, diOnsetMs),
  };
}

/** Numbers of the levelling: loudness (dual mono) and peaks before the gain, the gain, the target, the finished file. */
export type ToneLevelling = Readonly<{
  integratedLufs: number;
  truePeakDbtp: number;
  samplePeakDbfs: number;
  gainDb: number;
  targetLufs: number;
  encodedLufs: number;
  encodedTruePeakDbtp: number;
}>;

/** The content of `tone.json`. */
export type ToneData = ToneAnalysis &
  Readonly<{ schemaVersion: 1; sampleRate: 48_000; levelling: ToneLevelling; text: string }>;

const thousandths = (value: number): number => Math.round(value * 1000) / 1000;
const rounded = (levelling: ToneLevelling): ToneLevelling => ({
  integratedLufs: thousandths(levelling.integratedLufs),
  truePeakDbtp: thousandths(levelling.truePeakDbtp),
  samplePeakDbfs: thousandths(levelling.samplePeakDbfs),
  gainDb: thousandths(levelling.gainDb),
  targetLufs: thousandths(levelling.targetLufs),
  encodedLufs: thousandths(levelling.encodedLufs),
  encodedTruePeakDbtp: thousandths(levelling.encodedTruePeakDbtp),
});

/**
 * Puts the content of one `tone.json` together.
 * @param levelling rounded to 0.001 dB here
 * @param text from `describeTones`
 */
export const toneData = (analysis: ToneAnalysis, levelling: ToneLevelling, text: string): ToneData => ({
  schemaVersion: 1,
  sampleRate: 48_000,
  ...analysis,
  levelling: rounded(levelling),
  text,
});

/** Canonical bytes of `tone.json`: equal data, equal bytes; at most 12 KB for the longest tone. */
export const toneDataBytes = (data: ToneData): Uint8Array => new TextEncoder().encode(canonicalJson(data));
