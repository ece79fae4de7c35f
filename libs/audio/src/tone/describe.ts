import { type ToneMetrics } from './metrics';

type Trait = Readonly<{
  metric: keyof ToneMetrics;
  /** Smallest difference worth words. */
  least: number;
  more: string;
  less: string;
  said: (delta: number) => string;
}>;

const signed = (text: string): string => (text.startsWith('-') ? `−${text.slice(1)}` : `+${text}`);
const inUnit =
  (unit: string, digits: number) =>
  (delta: number): string =>
    `${signed(delta.toFixed(digits))} ${unit}`;
const percent = (delta: number): string => `${signed((100 * delta).toFixed(0))} %`;

const traits: readonly Trait[] = [
  { metric: 'centroidHz', least: 100, more: 'brighter', less: 'darker', said: inUnit('Hz', 0) },
  { metric: 'bassShare', least: 0.05, more: 'more bass', less: 'less bass', said: percent },
  { metric: 'midShare', least: 0.05, more: 'more mids', less: 'less mids', said: percent },
  { metric: 'trebleShare', least: 0.03, more: 'more treble', less: 'less treble', said: percent },
  { metric: 'crestDb', least: 1, more: 'punchier', less: 'more compressed', said: inUnit('dB', 1) },
  { metric: 'dynamicRangeDb', least: 2, more: 'wider dynamics', less: 'narrower dynamics', said: inUnit('dB', 1) },
  { metric: 'attackMs', least: 5, more: 'slower attack', less: 'faster attack', said: inUnit('ms', 0) },
  { metric: 'decayDbPerSecond', least: 5, more: 'longer sustain', less: 'shorter sustain', said: inUnit('dB/s', 0) },
  {
    metric: 'transientsPerSecond',
    least: 0.5,
    more: 'more transients',
    less: 'fewer transients',
    said: inUnit('/s', 1),
  },
];

/** Means hold a rounding error; a difference of exactly the least is worth words. */
const SLACK = 1e-9;

function meanOf(set: readonly ToneMetrics[], metric: keyof ToneMetrics): number | null {
  const values = set.flatMap((each) => each[metric] ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function words(tone: ToneMetrics, set: readonly ToneMetrics[]): string[] {
  return traits.flatMap(({ metric, least, more, less, said }) => {
    const [value, mean] = [tone[metric], meanOf(set, metric)];
    if (value === null || mean === null || Math.abs(value - mean) < least - SLACK) return [];
    return [`${value > mean ? more : less} (${said(value - mean)})`];
  });
}

const sentence = (parts: readonly string[]): string => {
  const text = parts.join(', ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
};

/**
 * One sentence for each tone: how it differs from the mean of its set. Equal numbers give equal words; differences that
 * nobody would hear are not mentioned.
 * @param set metrics of all tones of one set
 */
export const describeTones = (set: readonly ToneMetrics[]): readonly string[] =>
  set.map((tone) => {
    const parts = words(tone, set);
    return parts.length === 0 ? 'Close to the mean of the set in every respect.' : sentence(parts);
  });
