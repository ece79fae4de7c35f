import { audibleTime, framesOfMs, msOfFrames } from './clock';
import { Deck } from './deck';
import { Heard } from './heard';
import { Loader } from './loader';
import type { Law, Player, PlayerDeps, PlayerState, Source, Status } from './types';

const gainOfDb = (db: number): number => 10 ** (Math.min(0, Math.max(-60, db)) / 20);

class AbPlayer implements Player {
  private context: AudioContext | undefined;
  private deck: Deck | undefined;
  private loader: Loader | undefined;
  private sources: readonly Source[] = [];
  private readonly buffers = new Map<string, AudioBuffer>();
  private readonly listeners = new Set<(state: PlayerState) => void>();
  private readonly listened = new Heard();
  private status: Status = 'idle';
  private active = '';
  private law: Law = 'sighted';
  private frame = 0;
  private wanted = false;
  private volume = { db: 0, muted: false };

  constructor(private readonly deps: PlayerDeps) {}

  load(sources: readonly Source[], first: string): void {
    this.loader?.cancel();
    this.deck?.clear();
    this.buffers.clear();
    this.listened.reset();
    this.sources = sources;
    this.active = first;
    this.frame = 0;
    this.wanted = false;
    this.status = 'idle';
    this.loader = new Loader(sources, this.deps, {
      changed: () => this.tell(),
      ready: (source, buffer) => this.ready(source, buffer),
    });
    this.loader.start(first);
    this.tell();
  }

  retry(id: string): void {
    this.loader?.retry(id);
  }

  async play(): Promise<void> {
    if (this.deck?.running && this.status === 'playing') return;
    const { context, deck } = this.open();
    this.wanted = true;
    if (context.state !== 'running') await context.resume();
    if (!this.wanted) return;
    if (!this.buffers.has(this.active)) return this.become('blocked');
    deck.start(this.frame, this.active);
    this.listened.begin(this.active, this.frame);
    this.become('playing');
  }

  pause(): void {
    this.wanted = false;
    this.stopAt('paused');
  }

  seek(ms: number): void {
    const last = Math.max(0, this.lengthFrames() - 1);
    const frame = Math.min(last, Math.max(0, framesOfMs(ms)));
    const playing = this.status === 'playing';
    if (playing) this.stopAt('paused');
    this.frame = frame;
    if (playing) void this.play();
    else this.tell();
  }

  select(id: string): void {
    if (id === this.active || !this.sources.some((source) => source.id === id)) return;
    this.active = id;
    if (this.status === 'blocked') void this.play();
    else if (this.status === 'playing') {
      const at = this.deck?.switchTo(id, this.law);
      if (at !== undefined) this.listened.switchTo(id, at);
    }
    this.tell();
  }

  setLaw(law: Law): void {
    this.law = law;
    this.tell();
  }

  setVolumeDb(db: number): void {
    this.volume = { ...this.volume, db };
    this.applyVolume();
  }

  setMuted(muted: boolean): void {
    this.volume = { ...this.volume, muted };
    this.applyVolume();
  }

  positionMs(): number {
    const frame = this.context && this.deck?.frameAt(audibleTime(this.context));
    return msOfFrames(Math.min(frame ?? this.frame, this.lengthFrames()));
  }

  state(): PlayerState {
    const { status, active, law } = this;
    return { status, active, law, durationMs: msOfFrames(this.lengthFrames()), sources: this.loader?.state() ?? [] };
  }

  subscribe(listener: (state: PlayerState) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  heard(): ReadonlyMap<string, number> {
    return this.listened.totals(this.deck?.running ? framesOfMs(this.positionMs()) : undefined);
  }

  async dispose(): Promise<void> {
    this.loader?.cancel();
    this.deck?.clear();
    this.buffers.clear();
    this.listeners.clear();
    await this.context?.close();
  }

  private open(): { context: AudioContext; deck: Deck } {
    if (this.context && this.deck) return { context: this.context, deck: this.deck };
    const context = this.deps.context();
    const deck = new Deck(context, () => this.ended(), this.deps.output?.(context));
    for (const source of this.sources) {
      const buffer = this.buffers.get(source.id);
      if (buffer) deck.add(source.id, buffer, { ...source, active: source.id === this.active });
    }
    context.addEventListener('statechange', () => this.contextChanged(context));
    this.context = context;
    this.deck = deck;
    this.applyVolume();
    return { context, deck };
  }

  private ready(source: Source, buffer: AudioBuffer): void {
    this.buffers.set(source.id, buffer);
    this.deck?.add(source.id, buffer, { ...source, active: source.id === this.active });
    if (this.status === 'blocked' && source.id === this.active) void this.play();
  }

  /** The system took the output away: stay at this frame until the next gesture. */
  private contextChanged(context: AudioContext): void {
    if (context.state !== 'running' && this.status === 'playing') this.stopAt('interrupted');
  }

  private ended(): void {
    if (this.status !== 'playing') return;
    this.listened.end(this.lengthFrames());
    this.deck?.halt();
    this.wanted = false;
    this.frame = 0;
    this.become('paused');
  }

  private stopAt(status: Status): void {
    if (this.deck?.running) {
      this.frame = Math.min(this.deck.halt(), this.lengthFrames());
      this.listened.end(this.frame);
    }
    if (this.status !== 'idle') this.become(status);
  }

  private applyVolume(): void {
    this.deck?.setMaster(this.volume.muted ? 0 : gainOfDb(this.volume.db));
  }

  private lengthFrames(): number {
    return Math.min(...this.sources.map((source) => source.frames), this.sources.length === 0 ? 0 : Infinity);
  }

  private become(status: Status): void {
    this.status = status;
    this.tell();
  }

  private tell(): void {
    const state = this.state();
    for (const listener of this.listeners) listener(state);
  }
}

/** A player that has loaded nothing yet. */
export const createPlayer = (deps: PlayerDeps): Player => new AbPlayer(deps);
