import { prepare, type Stage, stageText } from '@gts/audio/browser';
import { blockSteps, type Steps, stopped } from '@gts/nam/browser';
import { AUDIO_ENGINE, type LoadedBlock, stageOf } from './blocks';
import { Kept } from './kept';
import { progressOf } from './progress';
import type { PreviewNews, PreviewRequest } from './protocol';
import { decodeDi, type Platform, type Sound, type Sources } from './sources';

const MOST_BYTES = 128 * 1024 * 1024;
/** How long the worker plays before it looks up: a new request waits no longer. */
const SLICE_MS = 16;

/** What the platform gives beyond files. */
export type Pace = Readonly<{ breathe(): Promise<void>; nowMs(): number }>;
export type Run = Readonly<{ stale: () => boolean; tell: (news: PreviewNews) => void }>;

/** Thrown with the place of what is wrong: null is the recording. */
export class AtBlock extends Error {
  constructor(
    readonly blockIndex: number | null,
    cause: unknown,
  ) {
    super('a part of the chain cannot be heard', { cause });
  }
}
export const at = async <T>(blockIndex: number | null, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw new AtBlock(blockIndex, error);
  }
};

const given = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('a block came without its file');
  return value;
};

type Walk = Readonly<{ request: PreviewRequest; blocks: readonly LoadedBlock[]; run: Run }>;
export type Played = Readonly<{ sound: Sound; prepared: Sound; computed: readonly string[] }>;

type Stages = (what: Stage, compute: () => Promise<Float32Array>) => Promise<[sound: Sound, computed: boolean]>;

/** Results by the content keys of their stages. */
function stagesOf({ hash }: Platform): Stages {
  const kept = new Kept<Sound>(MOST_BYTES);
  return async (what, compute) => {
    const key = stageText(what);
    const known = kept.get(key);
    if (known) return [known, false];
    const samples = await compute();
    // A copy where the samples are a part of more: what is kept weighs what it says.
    const own = samples.byteLength === samples.buffer.byteLength ? samples : samples.slice();
    const bytes = new Uint8Array(own.buffer as ArrayBuffer);
    const sound = { samples: own, sha256: await hash(bytes) };
    kept.set(key, sound, own.byteLength);
    return [sound, true];
  };
}

/** Plays in slices; between two of them the worker hears of newer requests. */
async function drive(
  steps: Steps,
  { stale, breathe, nowMs }: Pace & Pick<Run, 'stale'>,
  told: (done: number) => void,
): Promise<Float32Array> {
  for (let since = nowMs(); ;) {
    const next = steps.next();
    if (next.done) return next.value;
    if (nowMs() - since < SLICE_MS) continue;
    told(next.value);
    await breathe();
    if (stale()) throw stopped();
    since = nowMs();
  }
}

/** Stages 1 to 5 of one chain; every stage is kept by its content key, so only what changed is computed. */
export function chainsOf(platform: Platform & Pace, sources: Sources) {
  const stage = stagesOf(platform);

  async function prepared({ di, seconds, inputGainDb }: PreviewRequest, note: Note): Promise<Sound> {
    const file = await sources.read(di);
    const decoding = { stage: 'decode', engine: AUDIO_ENGINE, inputs: [file.sha256], params: {} };
    const [decoded, wasDecoded] = await stage(decoding, async () => decodeDi(file.bytes));
    note('decode', wasDecoded);
    const endMs = Math.min(seconds * 1000, Math.floor(decoded.samples.length / 48));
    const params = { excerpt: { startMs: 0, endMs }, inputGainDb };
    const preparing = { stage: 'prepare', engine: AUDIO_ENGINE, inputs: [decoded.sha256], params };
    const [sound, wasPrepared] = await stage(preparing, async () => prepare(decoded.samples, params).samples);
    note('prepare', wasPrepared);
    return sound;
  }

  return async ({ request, blocks, run }: Walk): Promise<Played> => {
    const { stale, tell } = run;
    const computed: string[] = [];
    const note: Note = (name, was) => void (was && computed.push(name));
    const start = await at(null, () => prepared(request, note));
    const meter = progressOf({ tell, blocks, seconds: request.seconds, nowMs: platform.nowMs });
    let sound = start;
    for (const [blockIndex, { block, amp, ir }] of blocks.entries()) {
      const tools = { blockIndex, loadModel: () => given(amp), loadIr: () => given(ir) };
      const { samples } = sound;
      const told = (done: number) => meter.at(blockIndex, done / samples.length);
      const play = () => drive(blockSteps(block, samples, tools), { ...platform, stale }, told);
      const [next, was] = await at(blockIndex, () => stage(stageOf(block, sound), play));
      note(`${blockIndex}:${block.kind}`, was);
      meter.done(blockIndex, was);
      sound = next;
      if (stale()) throw stopped();
    }
    return { sound, prepared: start, computed };
  };
}
type Note = (name: string, computed: boolean) => void;
