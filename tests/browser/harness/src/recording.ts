import { createPlayer, type Player } from '@gts/ab-player';

export const RATE = 48_000;

/** Real time must pass here: the audio thread runs by itself. */
export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Noise that no two sources share; never 0, so that silence is seen. */
export function noise(seed: number, frames: number): Float32Array<ArrayBuffer> {
  const random = seeded(seed + 1);
  return Float32Array.from({ length: frames }, () => (random() + 0.01) / 4);
}

export type Rig = Readonly<{ player: Player; stop(): Promise<Float32Array>; gaps(): number }>;
type Loader = (id: string) => Promise<Float32Array<ArrayBuffer>>;

/** A player whose output a worklet records; sources come from `load` instead of the network. */
export async function rig(ids: readonly string[], frames: number, load: Loader): Promise<Rig> {
  const context = new AudioContext({ sampleRate: RATE, latencyHint: 'interactive' });
  await context.audioWorklet.addModule('/recorder.js');
  const recorder = new AudioWorkletNode(context, 'recorder', { channelCount: 1, channelCountMode: 'explicit' });
  recorder.connect(context.destination);
  const blocks: { frame: number; samples: Float32Array }[] = [];
  recorder.port.onmessage = ({ data }: MessageEvent<{ frame: number; samples: Float32Array }>) =>
    void blocks.push(data);
  const names = new Map<ArrayBuffer, string>();
  const player = createPlayer({
    context: () => context,
    output: () => recorder,
    fetch: (url) => {
      const key = new ArrayBuffer(8);
      names.set(key, url);
      return Promise.resolve(key);
    },
    decode: async (bytes) => {
      const samples = await load(names.get(bytes) ?? '');
      const buffer = new AudioBuffer({ length: samples.length, sampleRate: RATE, numberOfChannels: 1 });
      buffer.copyToChannel(samples, 0);
      return buffer;
    },
  });
  player.load(
    ids.map((id) => ({ id, url: id, frames })),
    ids[0] ?? '',
  );
  return {
    player,
    gaps: () => {
      const sounding = blocks.slice(blocks.findIndex(({ samples }) => samples.some((value) => value !== 0)));
      return sounding.filter((block, i) => i > 0 && block.frame !== (sounding[i - 1]?.frame ?? 0) + 128).length;
    },
    stop: async () => {
      await wait(100);
      await player.dispose();
      const all = new Float32Array(blocks.length * 128);
      blocks.forEach(({ samples }, i) => all.set(samples, i * 128));
      return all;
    },
  };
}
