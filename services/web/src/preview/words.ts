import type { EffectName } from '@gts/audio/browser';

const words: Readonly<Record<string, string>> = {
  gainDb: 'Gain, dB',
  frequencyHz: 'Frequency, Hz',
  q: 'Q',
  lowGainDb: 'Low gain, dB',
  midGainDb: 'Middle gain, dB',
  highGainDb: 'High gain, dB',
  lowHz: 'Low corner, Hz',
  midHz: 'Middle, Hz',
  midQ: 'Middle Q',
  highHz: 'High corner, Hz',
  timeMs: 'Time, ms',
  feedbackPercent: 'Feedback, %',
  mixPercent: 'Mix, %',
};
const effects: Readonly<Record<EffectName, string>> = {
  high_pass: 'High pass',
  low_pass: 'Low pass',
  gain: 'Gain',
  eq3: 'Equaliser',
  delay: 'Delay',
  reverb_ir: 'Reverb',
};
const added: Readonly<Record<string, string>> = { capture: 'Capture', ir: 'Cabinet', ...effects };
const place = (blockIndex: number | null) => (blockIndex === null ? 'The recording' : `Block ${blockIndex + 1}`);

/** Every word of the preview. */
export const text = {
  heading: 'Hear a chain while you build it',
  intro:
    'Everything is computed on this device, with the engine of the render: the sound is the same to the last bit. Nothing is sent anywhere.',
  recording: 'Recording',
  ownFile: 'Own file …',
  file: (what: string) => `File for ${what}`,
  length: 'Length',
  seconds: (n: number) => `${n} seconds`,
  inputGain: 'Input gain, dB',
  example: 'Start from',
  ownChain: 'A chain of your own',
  chain: 'Signal chain',
  capture: 'Capture',
  ir: 'Cabinet',
  add: 'Add',
  effect: (name: EffectName) => effects[name],
  addBlock: (kind: EffectName | 'capture' | 'ir') => `Add ${(added[kind] ?? '').toLowerCase()}`,
  param: (name: string) => words[name] ?? name,
  /** Said of one block, for those who do not see where it stands. */
  of: (what: string, index: number) => `${what} of block ${index + 1}`,
  block: (name: string, index: number) => `${index + 1}. ${name}`,
  earlier: 'Earlier',
  later: 'Later',
  remove: 'Remove',
  bypass: 'Bypass',
  empty: 'No blocks: you hear the dry recording.',
  desk: 'Listen',
  play: 'Play',
  stop: 'Stop',
  compare: 'Compare',
  now: 'Now',
  before: 'Before',
  progress: 'Computed',
  shorter: 'Hear 3 seconds instead',
  choose: (what: string) => `Choose a file for ${what}.`,
  fetching: 'Fetching …',
  computing: (percent: number) => `Computing … ${percent} %`,
  slow: (seconds: number) => `This chain takes about ${seconds} seconds on this device.`,
  ready: (lufs: number, gainDb: number) =>
    `Ready. Levelled to ${lufs.toFixed(2)} LUFS, gain ${gainDb > 0 ? '+' : ''}${gainDb.toFixed(3)} dB.`,
  forbidden: (index: number | null) => `${place(index)}: its licence allows no preview.`,
  unsupported: (index: number | null, reason: string) => `${place(index)} can be heard after rendering (${reason}).`,
  refused: (index: number | null, detail: string) => `${place(index)}: ${detail}.`,
  noSound: 'This browser gives no sound here. Open the page through https or localhost.',
} as const;
