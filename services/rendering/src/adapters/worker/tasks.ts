import {
  acceptDi,
  acceptDiWav,
  type AcceptedDi,
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
  quantise16,
  quantise24In32,
  readFlac16,
  release,
  requireAudible,
  partOf,
  requireFinite,
  samplesOf16,
  sha256,
  sharePicture,
  type Tell,
  toneSpectrogram,
} from '@gts/audio';
import type { Cut } from '../../application/ports';
import type { Responses } from './responses';
import type { Decoded, Task } from './protocol';

type Own = Exclude<Task, { kind: 'choose' | 'capture' }>;
type TaskOf<K extends Task['kind']> = Extract<Task, { kind: K }>;

const pcm = (samples: Float32Array) => ({ samples, sha256: sha256(pcmBytes(samples)) });
const played = (samples: Float32Array) => pcm(requireFinite(samples));

/** What the tasks of one thread share. */
export type Tools = Readonly<{ responses: Responses; tell: Tell }>;

/** Shares of the work: reading the response, then playing through it. */
const READ = 0.2;
const PLAYED = 0.95;

function ir({ file, x }: TaskOf<'ir'>, { responses, tell }: Tools) {
  const response = responses.cabinet(file, partOf(tell, 0, READ));
  return played(convolve(x, response, partOf(tell, READ, PLAYED)));
}

function effect({ effect: name, params, file, x }: TaskOf<'effect'>, { responses, tell }: Tools) {
  const reverb = file && responses.reverb(file, partOf(tell, 0, READ));
  return played(applyEffect(x, { effect: name, params, ir: reverb }, partOf(tell, READ, PLAYED)));
}

function prepared({ x, excerpt, inputGainDb }: TaskOf<'prepare'>) {
  const { samples, warnings } = prepare(x, { excerpt, inputGainDb });
  return { ...pcm(samples), warnings };
}

/** In the place of x, which nobody reads again. */
function framedOf(x: Float32Array, frames: number): Float32Array<ArrayBuffer> {
  const framed = frame(x, frames);
  release(x);
  return framed;
}

function measured({ x, frames }: TaskOf<'measure'>) {
  const framed = framedOf(x, frames);
  const found = measure(framed);
  requireAudible(framed, found);
  const measures = { ...found, powers: [...found.powers], samplePeak: dbOf(peakOf(framed)) };
  release(framed);
  return measures;
}

/** Integers of 24 bits as ffmpeg takes them: little-endian in 32 bits, the lowest byte empty. */
const in32 = (x: Float32Array): Uint8Array => new Uint8Array(quantise24In32(x).buffer);
/** The same in the place of x, which nobody reads again. */
const turnedIn32 = (x: Float32Array<ArrayBuffer>): Uint8Array =>
  new Uint8Array(quantise24In32(x, new Int32Array(x.buffer)).buffer);

function levelledOf({ x, frames, gainDb }: TaskOf<'master' | 'cut'>): Float32Array<ArrayBuffer> {
  const framed = framedOf(x, frames);
  return applyGain(framed, gainDb, framed);
}

function mastered(task: TaskOf<'master'>, { tell }: Tools) {
  const levelled = levelledOf(task);
  tell(0.1);
  const s16 = new Uint8Array(quantise16(levelled).buffer);
  tell(0.4);
  const analysis = analyseTone(levelled, task.diOnsetMs);
  tell(0.9);
  const pcmSha256 = sha256(pcmBytes(levelled));
  return { pcmSha256, s16, s24: turnedIn32(levelled), analysis };
}

function cut(task: TaskOf<'cut'>, { tell }: Tools): Cut {
  const { pieces, end } = task;
  const levelled = levelledOf(task);
  const parts = pieces.map((piece) => {
    const cutOut = pieceOf(levelled, piece, piece.start === end);
    const s16 = new Uint8Array(quantise16(cutOut).buffer);
    release(cutOut);
    return s16;
  });
  tell(0.5);
  const spectrogram = task.drawn ? toneSpectrogram(levelled) : undefined;
  release(levelled);
  return { parts, ...(spectrogram && { spectrogram }) };
}

function verified({ flac, mostFrames }: TaskOf<'verify'>) {
  const s16 = readFlac16(flac, mostFrames);
  release(flac);
  const x = samplesOf16(s16);
  release(s16);
  const { integrated, truePeak } = measure(x);
  const found = { integrated, truePeak, samplePeak: dbOf(peakOf(x)), frames: x.length };
  release(x);
  return found;
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

/** Shares of an inspection: planes of interleaved samples, then everything else. */
const SPLIT = 0.1;

function inspectedPcm({ audio, channel }: TaskOf<'inspect'>, { tell }: Tools) {
  const channels = planes(audio);
  tell(SPLIT);
  return inspected(acceptDi({ ...audio, channels, warnings: [] }, channel, partOf(tell, SPLIT, 1)));
}

function drawn({ set, indexes }: TaskOf<'pictures'>, { tell }: Tools) {
  return indexes.map((index, i) => {
    tell(i / indexes.length);
    return piecePicture(set, index);
  });
}

type Tasks = { readonly [K in Own['kind']]: (task: TaskOf<K>, tools: Tools) => unknown };
const tasks: Tasks = {
  ir,
  effect,
  prepare: prepared,
  measure: measured,
  onset: ({ x }) => onsetOf(x),
  master: mastered,
  cut,
  timeline: ({ x, pieces }) => montageTimeline(x, pieces),
  pictures: drawn,
  share: ({ x, shown }) => sharePicture({ ...shown, di: x }),
  verify: verified,
  inspectWav: ({ bytes, channel }, { tell }) => inspected(acceptDiWav(bytes, channel, tell)),
  inspect: inspectedPcm,
};

/**
 * Does what was asked, in this thread; answers what the port of the task promises.
 * What `tell` throws ends it.
 */
export const perform = (task: Own, tools: Tools): unknown =>
  (tasks[task.kind] as (task: Own, tools: Tools) => unknown)(task, tools);
