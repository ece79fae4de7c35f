import type { DataOf, EventDef } from '@gts/contracts';
import type { Decision } from '@gts/kernel';
import type { SagaDefinition } from '@gts/saga';
import { SagaStory } from './saga/saga-story';

type Decider<S> = {
  when: <E>(decide: (state: S) => Decision<S, E>) => {
    thenEvents: (...events: E[]) => void;
    thenState: (part: Partial<S>) => void;
    thenRefused: (code: string) => void;
  };
};
type SagaGiven<S extends EventDef> = { started: (data: DataOf<S>) => SagaStory };

const isSaga = (value: unknown): value is SagaDefinition =>
  typeof value === 'object' && value !== null && 'steps' in value && 'start' in value && 'init' in value;

/**
 * `given(saga).started({…}).expectSent(…)…` tells a saga; `given(state).when(decide).thenEvents(…)` or
 * `.thenRefused(code)` reads as the rule it proves.
 */
export function given<S extends EventDef>(definition: SagaDefinition<S>): SagaGiven<S>;
export function given<S>(state: S): Decider<S>;
export function given<S>(state: S): Decider<S> | SagaGiven<EventDef> {
  if (isSaga(state)) return { started: (data) => new SagaStory(state).begin(data) };
  return {
    when: (decide) => ({
      thenEvents: (...events) => expect(decide(state).events).toEqual(events),
      thenState: (part) => expect(decide(state).state).toMatchObject(part),
      thenRefused: (code) => expect(() => decide(state)).toThrow(expect.objectContaining({ code })),
    }),
  };
}
