import { RATE, secondsOf, startFrame, switchFrame, type Tape, tapeFrame } from './clock';
import { BLIND_SECONDS, type Envelope, flat, redirect, schedule } from './envelope';
import type { Law } from './types';

type Voice = { node: AudioBufferSourceNode; fade: GainNode; envelope: Envelope };
type Channel = { buffer: AudioBuffer; trim: GainNode; voice?: Voice };

/** The audio graph: one source and one fade a tone, all on one tape, behind one edge and one master gain. */
export class Deck {
  private readonly channels = new Map<string, Channel>();
  private readonly master: GainNode;
  private edge: GainNode | undefined;
  private tape: Tape | undefined;
  private masterEnvelope: Envelope = flat(0, 1);

  constructor(
    private readonly context: AudioContext,
    private readonly onEnd: () => void,
    output: AudioNode = context.destination,
  ) {
    this.master = context.createGain();
    this.master.connect(output);
  }

  get running(): boolean {
    return this.tape !== undefined;
  }

  /** Adds a decoded tone; during play it joins at the frame that the clock gives. */
  add(id: string, buffer: AudioBuffer, { trimDb = 0, active }: { trimDb?: number; active: boolean }): void {
    const trim = this.context.createGain();
    trim.gain.value = 10 ** (trimDb / 20);
    const channel: Channel = { buffer, trim };
    this.channels.set(id, channel);
    if (!this.tape) return;
    const join = startFrame(this.context);
    this.begin(channel, { start: join, offset: tapeFrame(this.tape, join) }, active);
  }

  /** Starts every tone at one frame of the context, `offset` frames into the tones. */
  start(offset: number, active: string): void {
    this.stop();
    const tape = { start: startFrame(this.context), offset };
    this.tape = tape;
    this.edge = this.context.createGain();
    this.edge.gain.setValueAtTime(0, 0);
    this.edge.gain.setValueAtTime(0, secondsOf(tape.start));
    this.edge.gain.linearRampToValueAtTime(1, secondsOf(tape.start) + BLIND_SECONDS);
    this.edge.connect(this.master);
    for (const [id, channel] of this.channels) this.begin(channel, tape, id === active);
  }

  private begin(channel: Channel, { start, offset }: Tape, active: boolean): void {
    if (!this.edge || offset >= channel.buffer.length) return;
    const node = this.context.createBufferSource();
    node.buffer = channel.buffer;
    const fade = this.context.createGain();
    const value = active ? 1 : 0;
    fade.gain.setValueAtTime(value, 0);
    fade.gain.setValueAtTime(value, secondsOf(start));
    node.connect(fade).connect(channel.trim).connect(this.edge);
    node.onended = () => {
      if (channel.voice?.node === node) this.onEnd();
    };
    node.start(secondsOf(start), offset / RATE);
    channel.voice = { node, fade, envelope: flat(secondsOf(start), value) };
  }

  /** Hands over to another tone at the same position; all tones are scheduled in one task. */
  switchTo(active: string, law: Law): number | undefined {
    if (!this.tape) return undefined;
    const frame = Math.max(switchFrame(this.context), this.tape.start);
    for (const [id, { voice }] of this.channels) {
      if (!voice) continue;
      voice.envelope = redirect(voice.envelope, secondsOf(frame), { law, target: id === active ? 1 : 0 });
      schedule(voice.fade.gain, voice.envelope);
    }
    return tapeFrame(this.tape, frame);
  }

  /** Fades out in 5 ms and stops. @returns the frame of the tones at which it went silent */
  halt(): number {
    if (!this.tape || !this.edge) return 0;
    const now = Math.max(switchFrame(this.context), this.tape.start);
    const silent = now + Math.round(BLIND_SECONDS * RATE);
    this.edge.gain.cancelScheduledValues(secondsOf(now));
    this.edge.gain.linearRampToValueAtTime(1, secondsOf(now));
    this.edge.gain.linearRampToValueAtTime(0, secondsOf(silent));
    const position = tapeFrame(this.tape, silent);
    this.release(secondsOf(silent));
    return position;
  }

  /** Frame of the tones at a context time. */
  frameAt(contextSeconds: number): number | undefined {
    return this.tape && Math.max(this.tape.offset, Math.round(tapeFrame(this.tape, contextSeconds * RATE)));
  }

  setMaster(gain: number): void {
    const now = secondsOf(switchFrame(this.context));
    this.masterEnvelope = redirect(this.masterEnvelope, now, { law: 'sighted', target: gain });
    schedule(this.master.gain, this.masterEnvelope);
  }

  clear(): void {
    this.stop();
    this.channels.clear();
  }

  private stop(): void {
    this.release(undefined);
  }

  private release(at: number | undefined): void {
    for (const channel of this.channels.values()) {
      const { voice } = channel;
      if (!voice) continue;
      delete channel.voice;
      voice.node.stop(at);
    }
    this.tape = undefined;
    this.edge = undefined;
  }
}
