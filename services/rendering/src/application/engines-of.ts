import type { AmpUse, JobTone } from '../domain/render-job';

/** What a chain is as a whole: as exact as the least exact of its captures. Nothing where it has none. */
export function engineOf(tone: Pick<JobTone, 'amps'> | undefined): Partial<Pick<AmpUse, 'engine' | 'tanh'>> {
  const amps = tone?.amps ?? [];
  const use = amps.find(({ tanh }) => tanh === 'fast') ?? amps[0];
  return use ? { engine: use.engine, tanh: use.tanh } : {};
}

/** Every engine of a set, each once, and whether exact and approximate ones are compared with each other. */
export function enginesOf(tones: readonly JobTone[]): { ids: readonly string[]; mixed: boolean } {
  const uses = tones.flatMap(({ amps = [] }) => amps);
  return {
    ids: [...new Set(uses.map(({ engine }) => engine))].toSorted(),
    mixed: new Set(uses.map(({ tanh }) => tanh)).size > 1,
  };
}
