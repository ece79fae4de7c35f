import type { Decision } from '@gts/kernel';

/** `given(state).when(decide).thenEvents(...)` or `.thenRefused(code)`: reads as the rule it proves. */
export const given = <S>(state: S) => ({
  when: <E>(decide: (state: S) => Decision<S, E>) => ({
    thenEvents: (...events: E[]) => expect(decide(state).events).toEqual(events),
    thenState: (part: Partial<S>) => expect(decide(state).state).toMatchObject(part),
    thenRefused: (code: string) => expect(() => decide(state)).toThrow(expect.objectContaining({ code })),
  }),
});
