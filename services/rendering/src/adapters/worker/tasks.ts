import {
  acceptDi,
  acceptDiWav,
  type AcceptedDi,
  acceptIrWav,
  analyseTone,
  applyEffect,
  applyGain,
  convolve,
  dbOf,
  frame,
  measure,
  montageTimeline,
  onsetOf,
  pcmBytes,
  peakOf,
  pieceOf,
  piecePicture,
  prepare,
  prepareIr,
  prepareReverb,
  quantise16,
  quantise24In32,
  requireAudible,
  requireFinite,
  samplesOf16,
  sha256,
  sharePicture,
  toneSpectrogram,
} from '@gts/audio';
import type { Cut } from '../../application/ports';
import type { Decoded, Task } from './protocol';

type Own = Exclude<Task, { kind: 'choose' | 'capture' }>;
type TaskOf<K extends Task['kind']> = Extract<Task, { kind: K }>;

const pcm = (samples: Float32Array) => ({ samples, sha256: sha256(pcmBytes(samples)) });
const played = (samples: Float32Array) => pcm(requireFinite(samples));

const ir = ({ file, x }: TaskOf<'ir'>) => played(convolve(x, prepareIr(acceptIrWav(file).samples)));

function effect({ effect: name, params, file, x }: TaskOf<'effect'>) {
  const reverb = file && prepareReverb(acceptIrWav(file).samples);
  return played(applyEffect(x, { effect: name, params, ir: reverb }));
}

function prepared({ x, excerpt, inputGainDb }: TaskOf<'prepare'>) {
  const { samples, warnings } = prepare(x, { excerpt, inputGainDb });
  return { ...pcm(samples), warnings };
}

function measured({ x, frames }: TaskOf<'measure'>) {
  const framed = frame(x, frames);
  const found = measure(framed);
  requireAudible(framed, found);
  return { ...found, powers: [...found.powers], samplePeak: dbOf(peakOf(framed)) };
}

/** Integers of 24 bits as ffmpeg takes them: little-endian in 32 bits, the lowest byte empty. */
const in32 = (x: Float32Array): Uint8Array => new Uint8Array(quantise24In32(x).buffer);

function mastered({ x, frames, gainDb, diOnsetMs }: TaskOf<'master'>) {
  const levelled = applyGain(frame(x, frames), gainDb);
  const s16 = new Uint8Array(quantise16(levelled).buffer);
  const analysis = analyseTone(levelled, diOnsetMs);
  return { pcmSha256: sha256(pcmBytes(levelled)), s16, s24: in32(levelled), analysis };
}

function cut({ x, frames, gainDb, pieces, end, drawn }: TaskOf<'cut'>): Cut {
  const levelled = applyGain(frame(x, frames), gainDb);
  const parts = pieces.map((piece) => {
    return new Uint8Array(quantise16(pieceOf(levelled, piece, piece.start === end)).buffer);
  });
  return { parts, ...(drawn && { spectrogram: toneSpectrogram(levelled) }) };
}

function verified({ s16 }: TaskOf<'verify'>) {
  const view = new Int16Array(s16.buffer, s16.byteOffset, s16.byteLength >> 1);
  const x = samplesOf16(view);
  return { ...measure(x), samplePeak: dbOf(peakOf(x)), frames: x.length };
}

const inspected = ({ samples, source, levels, waveform, warnings }: AcceptedDi) => ({
  pcm: pcm(samples),
  source,
  levels,
  waveform,
  warnings,
  s24: in32(samples),
});

function planes({ pcm: bytes, channels }: Decoded): Float32Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames = Math.floor(bytes.length / 4 / channels);
  return Array.from({ length: channels }, (_, channel) => {
    const plane = new Float32Array(frames);
    for (let i = 0; i < frames; i++) plane[i] = view.getFloat32(4 * (i * channels + channel), true);
    return plane;
  });
}

type Tasks = { readonly [K in Own['kind']]: (task: TaskOf<K>) => unknown };
const tasks: Tasks = {
  ir,
  effect,
  prepare: prepared,
  measure: measured,
  onset: ({ x }) => onsetOf(x),
  master: mastered,
  cut,
  timeline: ({ x, pieces }) => montageTimeline(x, pieces),
  pictures: ({ set, indexes }) => indexes.map((index) => piecePicture(set, index)),
  share: ({ x, shown }) => sharePicture({ ...shown, di: x }),
  verify: verified,
  inspectWav: ({ bytes, channel }) => inspected(acceptDiWav(bytes, channel)),
  inspect: ({ audio, channel }) => inspected(acceptDi({ ...audio, channels: planes(audio), warnings: [] }, channel)),
};

/** Does what was asked, in this thread; answers what the port of the task promises. */
export const perform = (task: Own): unknown => (tasks[task.kind] as (task: Own) => unknown)(task);
