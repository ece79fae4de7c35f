import { Loop } from './loop';

// The audio thread: one loop, told by its port what to play. What TypeScript's DOM library does not know of it:
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** `load` brings both signals, `play` chooses one; `end` lets the processor go. */
export type LoopMessage =
  | Readonly<{ load: Readonly<{ now: Float32Array; before: Float32Array | null }> }>
  | Readonly<{ play: 'now' | 'before' }>
  | Readonly<{ stop: true }>
  | Readonly<{ end: true }>;

class LoopProcessor extends AudioWorkletProcessor {
  private readonly loop = new Loop();
  private now: Float32Array | null = null;
  private before: Float32Array | null = null;
  private sounding = false;
  private ended = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<LoopMessage>) => this.hear(data);
  }

  process(_inputs: unknown, [output]: readonly (readonly Float32Array[])[]): boolean {
    const channel = output?.[0];
    if (channel) this.loop.fill(channel);
    if (this.sounding && this.loop.silent) {
      this.sounding = false;
      this.port.postMessage('silent');
    }
    return !this.ended;
  }

  private hear(message: LoopMessage): void {
    if ('end' in message) this.ended = true;
    else if ('stop' in message) this.loop.swap(null);
    else if ('load' in message) ({ now: this.now, before: this.before } = message.load);
    else this.play(message.play === 'before' ? (this.before ?? this.now) : this.now);
  }

  private play(samples: Float32Array | null): void {
    this.sounding = samples !== null;
    this.loop.swap(samples);
  }
}

registerProcessor('gts-loop', LoopProcessor);
