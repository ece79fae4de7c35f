/** What a pure decide function answers: the next state and the facts that led to it. */
export type Decision<State, Event> = Readonly<{ state: State; events: readonly Event[] }>;
export type Decide<State, Event> = (state: State) => Decision<State, Event>;

/** One page of a list; `next` is an opaque cursor, null at the end. */
export type Page<T> = Readonly<{ items: readonly T[]; next: string | null }>;
