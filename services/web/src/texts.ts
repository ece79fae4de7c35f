const number = (value: number, digits: number) =>
  new Intl.NumberFormat(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

/** m:ss of a position. */
export const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

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
