import workletUrl from './preview.worklet.ts?worker&url'; // oxlint-disable-line import/default -- Vite answers with the address
import { scriptUrl } from '../trusted';
import type { LoopMessage } from './preview.worklet';
import type { Ready } from './protocol';

const RATE = 48_000;

async function openNode(context: AudioContext): Promise<AudioWorkletNode> {
  await context.audioWorklet.addModule(scriptUrl(workletUrl));
  const node = new AudioWorkletNode(context, 'gts-loop', { numberOfInputs: 0, outputChannelCount: [1] });
  node.connect(context.destination);
  return node;
}

/** The loop that is heard. It opens at the first `play`, which a gesture must have asked for. */
export function createSound() {
  let context: AudioContext | undefined;
  let node: Promise<AudioWorkletNode> | undefined;
  let loaded: Pick<Ready, 'now' | 'before'> | undefined;
  let sounding = false;

  async function say(message: LoopMessage, transfer: Transferable[] = []): Promise<void> {
    const opened = await node;
    opened?.port.postMessage(message, transfer);
  }

  async function handOver(): Promise<void> {
    if (!loaded) return;
    const load = loaded;
    loaded = undefined;
    await say({ load }, [load.now.buffer, ...(load.before ? [load.before.buffer] : [])]);
  }
  return {
    /** Takes both signals; they belong to the audio thread from then on. */
    async load(signals: Pick<Ready, 'now' | 'before'>): Promise<void> {
      loaded = signals;
      if (!node) return;
      await handOver();
      if (sounding) await say({ play: 'now' });
    },
    /** @throws where the platform has no audio worklet */
    async play(which: 'now' | 'before'): Promise<void> {
      sounding = true;
      context ??= new AudioContext({ sampleRate: RATE, latencyHint: 'interactive' });
      node ??= openNode(context);
      // The audio thread rests when nothing sounds.
      (await node).port.onmessage = () => void (!sounding && context?.suspend());
      await context.resume();
      await handOver();
      if (sounding) await say({ play: which });
    },
    async stop(): Promise<void> {
      sounding = false;
      await say({ stop: true });
    },
    async close(): Promise<void> {
      sounding = false;
      await say({ end: true });
      if (context && context.state !== 'closed') await context.close();
    },
    context: () => context,
  };
}
export type Sound = ReturnType<typeof createSound>;
