import type { PlayerDeps, Source, SourceState } from './types';

const AT_ONCE = 3;
/** Most decoded audio at once: 480 s of mono float at 48 kHz, 92 MB. */
const MOST_FRAMES = 480 * 48_000;

type Events = Readonly<{ changed(): void; ready(source: Source, buffer: AudioBuffer): void }>;

/** The tone that is wanted first, then its neighbours by distance in the list. */
export function loadingOrder(sources: readonly Source[], first: string): readonly Source[] {
  const at = Math.max(
    0,
    sources.findIndex((source) => source.id === first),
  );
  return sources
    .map((source, i) => ({ source, distance: Math.abs(i - at) }))
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ source }) => source);
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'load-failed';

class Refusal extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** Fetches and decodes tones, three at a time; a broken one never stops the others. */
export class Loader {
  private readonly abort = new AbortController();
  private readonly states = new Map<string, SourceState>();
  private readonly queue: Source[] = [];
  private running = 0;
  private frames = 0;

  constructor(
    private readonly sources: readonly Source[],
    private readonly deps: PlayerDeps,
    private readonly events: Events,
  ) {
    for (const { id } of sources) this.states.set(id, { id, phase: 'waiting', loaded: 0 });
  }

  start(first: string): void {
    this.queue.push(...loadingOrder(this.sources, first));
    this.pump();
  }

  retry(id: string): void {
    const source = this.sources.find((each) => each.id === id);
    if (!source || this.states.get(id)?.phase !== 'failed') return;
    this.queue.unshift(source);
    this.set(id, { phase: 'waiting', loaded: 0 });
    this.pump();
  }

  state(): readonly SourceState[] {
    return this.sources.flatMap(({ id }) => this.states.get(id) ?? []);
  }

  cancel(): void {
    this.queue.length = 0;
    this.abort.abort();
  }

  private pump(): void {
    while (this.running < AT_ONCE) {
      const source = this.queue.shift();
      if (!source) return;
      this.running += 1;
      void this.load(source).finally(() => {
        this.running -= 1;
        this.pump();
      });
    }
  }

  private async load(source: Source): Promise<void> {
    this.set(source.id, { phase: 'loading', loaded: 0 });
    try {
      if (this.frames + source.frames > MOST_FRAMES) throw new Refusal('too-much-audio');
      this.frames += source.frames;
      const bytes = await this.deps.fetch(source.url, this.abort.signal);
      this.set(source.id, { phase: 'loading', loaded: 0.5 });
      const buffer = await this.deps.decode(bytes);
      if (buffer.length !== source.frames) throw new Refusal('wrong-length');
      if (this.abort.signal.aborted) return;
      this.events.ready(source, buffer);
      this.set(source.id, { phase: 'ready', loaded: 1 });
    } catch (error) {
      if (!this.abort.signal.aborted) this.set(source.id, { phase: 'failed', loaded: 0, code: codeOf(error) });
    }
  }

  private set(id: string, part: Omit<SourceState, 'id'>): void {
    this.states.set(id, { id, ...part });
    this.events.changed();
  }
}
