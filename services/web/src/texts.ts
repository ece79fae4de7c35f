const number = (value: number, digits: number) =>
  new Intl.NumberFormat(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** m:ss of a position. */
export const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

const signed = (value: number, digits: number): string =>
  new Intl.NumberFormat(undefined, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'exceptZero',
  }).format(value);

/** A number with its unit, alone and as a difference. */
const measure = (title: string, unit: string, digits: number) => ({
  title,
  show: (value: number) => `${number(value, digits)} ${unit}`,
  signed: (value: number) => `${signed(value, digits)} ${unit}`,
});
const share = (title: string) => ({
  title,
  show: (value: number) => `${number(100 * value, 1)} %`,
  signed: (value: number) => `${signed(100 * value, 1)} %`,
});

/** Every word of the page. */
export const texts = {
  title: 'Guitar Tone Shootout',
  homeHeading: 'Public shootouts',
  homeIntro: 'One dry guitar recording, several rigs, one loudness. Switch between them while they play.',
  empty: 'Nothing is published yet. Render a shootout and make it public: it will stand here.',
  more: 'Show more',
  loading: 'Loading …',
  notFound: 'There is no such shootout, or it is not published.',
  failed: 'That did not work. Check that the stack is running, then try again.',
  tones: (labels: readonly string[]) => `${labels.length} tones: ${labels.join(', ')}`,
  duration: (ms: number) => clock(ms),
  toneGroup: 'Tones',
  play: 'Play',
  pause: 'Pause',
  waiting: 'Loading …',
  position: 'Position',
  positionValue: (ms: number, total: number) => `${clock(ms)} of ${clock(total)}`,
  keys: 'Keys: Space plays and pauses, 1 to 9 switch tones, ← and → move two seconds, Home goes to the start.',
  toneFailed: 'could not be loaded: press to try again',
  loadingTone: 'loading',
  integrated: 'Loudness',
  lufs: (value: number) => `${number(value, 2)} LUFS`,
  truePeak: 'True peak',
  dbtp: (value: number) => `${number(value, 2)} dBTP`,
  gain: 'Gain applied',
  db: (value: number) => `${value > 0 ? '+' : ''}${number(value, 3)} dB`,
  sounding: (label: string) => `Now: ${label}`,
  chainHeading: 'Signal chain',
  di: (name: string) => `Recording: ${name}`,
  target: (lufs: number) =>
    `All tones are at ${number(lufs, 2)} LUFS (loudness as heard, measured over the whole tone).`,
  download: 'Download 24-bit FLAC',
  manifest: 'Manifest',
  compareHeading: 'Compare',
  tone: 'Tone',
  differs: 'Against the mean of the set',
  besideHeading: 'Montage and video',
  kinds: { montage: 'Montage (FLAC)', video: 'Video (1080p)', picture: 'Picture for links' },
  allMeasures: 'All measurements, and how far each is from the mean of the set',
  noMeasure: 'none',
  measures: {
    crestDb: measure('Crest', 'dB', 1),
    dynamicRangeDb: measure('Dynamic range', 'dB', 1),
    centroidHz: measure('Spectral centre', 'Hz', 0),
    bassShare: share('Bass'),
    midShare: share('Mids'),
    trebleShare: share('Treble'),
    transientsPerSecond: measure('Transients', '/s', 1),
    attackMs: measure('Attack', 'ms', 1),
    decayDbPerSecond: measure('Decay', 'dB/s', 1),
    onsetMs: measure('Later than the recording', 'ms', 1),
  },
  beingMade: (kind: string) => `${kind} is being made …`,
  share: (percent: number) => ` ${Math.floor(percent)} %`,
  notMade: (kind: string) => `${kind} is not available.`,
  askAgain: 'Make it again',
  ownerOnly: 'Only its owner, signed in, can have it made again.',
  chapters: 'Chapters, to copy',
  announce: (tone: { position: number; label: string }, status: string, ms: number) =>
    `Tone ${tone.position + 1}, ${tone.label}, ${status}, ${clock(ms)}`,
  status: {
    playing: 'playing',
    paused: 'paused',
    blocked: 'loading',
    idle: 'stopped',
    interrupted: 'paused',
    failed: 'failed',
  },
} as const;
