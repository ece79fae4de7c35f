/** How one tone hands over to the next. Sighted: 10 ms cross-fade. Blind: 5 ms to silence, 5 ms up, always the same. */
export type Law = 'sighted' | 'blind';

/** One tone: `frames` at 48 kHz as the manifest says; a file of another length counts as failed. */
export type Source = Readonly<{ id: string; url: string; frames: number; trimDb?: number }>;

export type SourcePhase = 'waiting' | 'loading' | 'ready' | 'failed';
export type SourceState = Readonly<{ id: string; phase: SourcePhase; loaded: number; code?: string }>;
export type Status = 'idle' | 'blocked' | 'playing' | 'paused' | 'interrupted' | 'failed';

export type PlayerState = Readonly<{
  status: Status;
  /** Id of the tone that sounds, or will. */
  active: string;
  law: Law;
  durationMs: number;
  sources: readonly SourceState[];
}>;

/** What the player needs of its surroundings; `context` is first called inside a gesture. */
export type PlayerDeps = Readonly<{
  context(): AudioContext;
  decode(bytes: ArrayBuffer): Promise<AudioBuffer>;
  fetch(url: string, signal: AbortSignal): Promise<ArrayBuffer>;
  /** Where the sound goes; the context's destination when left out. */
  output?(context: AudioContext): AudioNode;
}>;

/** Plays several equally long tones on one clock and switches between them at the same position. */
export interface Player {
  /** Replaces all sources and aborts what is loading; `first` is loaded first. */
  load(sources: readonly Source[], first: string): void;
  retry(id: string): void;
  /** Must be called in a gesture the first time. */
  play(): Promise<void>;
  pause(): void;
  seek(ms: number): void;
  select(id: string): void;
  setLaw(law: Law): void;
  /** Master volume, −60 to 0 dB; there is no boost. */
  setVolumeDb(db: number): void;
  setMuted(muted: boolean): void;
  /** The position that is audible now, by the output's own time stamp. */
  positionMs(): number;
  state(): PlayerState;
  subscribe(listener: (state: PlayerState) => void): () => void;
  /** Milliseconds each source was the sounding one since `load`. */
  heard(): ReadonlyMap<string, number>;
  dispose(): Promise<void>;
}
