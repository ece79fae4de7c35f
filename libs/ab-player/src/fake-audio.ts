import { RATE } from './clock';

type Event = { type: 'set' | 'ramp'; v: number; t: number };

/** An AudioParam after the rules of Web Audio 1.1 §1.6, rendered frame by frame as its context's time moves. */
class FakeParam {
  private events: Event[] = [];
  private initial = 1;
  readonly rendered: number[] = [];

  set value(v: number) {
    this.initial = v;
  }
  get value(): number {
    return this.at(this.rendered.length / RATE);
  }

  setValueAtTime(v: number, t: number): this {
    return this.insert({ type: 'set', v, t });
  }
  linearRampToValueAtTime(v: number, t: number): this {
    return this.insert({ type: 'ramp', v, t });
  }
  cancelScheduledValues(t: number): this {
    this.events = this.events.filter((event) => event.t < t);
    return this;
  }

  /** Fills whole stretches between two events: the rendered gain is straight there. */
  renderTo(frames: number): void {
    while (this.rendered.length < frames) {
      const first = this.rendered.length;
      const { from, slope, start, end } = this.stretch(first / RATE);
      const stop = Math.min(frames, Math.max(first + 1, Math.ceil(end * RATE - 1e-4)));
      for (let frame = first; frame < stop; frame++) this.rendered.push(from + slope * (frame / RATE - start));
    }
  }

  private insert(event: Event): this {
    const after = this.events.findIndex((each) => each.t > event.t);
    this.events.splice(after < 0 ? this.events.length : after, 0, event);
    return this;
  }

  private at(t: number): number {
    const { from, slope, start } = this.stretch(t);
    return from + slope * (t - start);
  }

  private stretch(t: number): { from: number; slope: number; start: number; end: number } {
    const passed = this.events.filter((event) => event.t <= t + 1e-9);
    const { v: from, t: start } = passed.at(-1) ?? { v: this.initial, t: 0 };
    const coming = this.events[passed.length];
    if (!coming) return { from, slope: 0, start, end: Infinity };
    const slope = coming.type === 'ramp' ? (coming.v - from) / (coming.t - start) : 0;
    return { from, slope, start, end: coming.t };
  }
}

type FakeNode = { gain: FakeParam; connect<T>(to: T): T };
export type FakeSource = { buffer: unknown; onended: (() => void) | undefined; started: [number, number] | undefined };

/** As much of an AudioContext as the deck uses, with a clock that moves when told to. */
export class FakeContext {
  currentTime = 0;
  baseLatency = 0.01;
  outputLatency = 0;
  state = 'running';
  readonly destination = {};
  readonly gains: FakeNode[] = [];
  readonly sources: FakeSource[] = [];

  createGain(): FakeNode {
    const node = { gain: new FakeParam(), connect: <T>(to: T) => to };
    node.gain.renderTo(Math.round(this.currentTime * RATE));
    this.gains.push(node);
    return node;
  }

  createBufferSource(): FakeSource & { start(t: number, offset: number): void; stop(): void; connect<T>(to: T): T } {
    const source: FakeSource & { start(t: number, offset: number): void; stop(): void; connect<T>(to: T): T } = {
      buffer: undefined,
      onended: undefined,
      started: undefined,
      start: (t, offset) => void (source.started = [t, offset]),
      stop: () => undefined,
      connect: (to) => to,
    };
    this.sources.push(source);
    return source;
  }

  getOutputTimestamp(): { contextTime: number } {
    return { contextTime: this.currentTime };
  }
  addEventListener(): void {
    // The state never changes here.
  }
  resume(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Lets the audio thread render `frames` more. */
  advance(frames: number): void {
    const end = Math.round(this.currentTime * RATE) + frames;
    for (const { gain } of this.gains) gain.renderTo(end);
    this.currentTime = end / RATE;
  }
}
