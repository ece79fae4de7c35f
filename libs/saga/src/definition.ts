import type { DataOf, EventDef, SagaCommandDef } from '@gts/contracts';
import { type Duration, durationMs } from '@gts/kernel';

/** What every refusal of a step says. `retryAfterMs` lengthens the wait before the next try. */
export type Failure = Readonly<{ code: string; retryable: boolean; retryAfterMs?: number | undefined }>;

/** Why a saga turned back; `failed` is the data of the failure event, where one was the reason. */
export type Why = Readonly<{ code: string; step: string; failed?: unknown }>;

/** `attempts` counts the first try; the wait doubles with every failure, up to 10 minutes. */
export type Retry = Readonly<{ attempts: number; backoff: Duration }>;

/** Tries again until it succeeds; after 24 h without progress the saga is stuck and an operator is asked. */
export const forever = (backoff: Duration): Retry => ({ attempts: Number.POSITIVE_INFINITY, backoff });

/** A failure event must carry `code` and `retryable`; anything else does not compile. */
type Failing<F extends EventDef> = [DataOf<F>] extends [Failure] ? F : never;

type UndoSpec<D, U extends SagaCommandDef> = Readonly<{
  send: U;
  data: (data: D, why: Why) => DataOf<U>;
  done: EventDef;
  /** How long the first undo waits for its answer; every repetition waits twice as long, up to 10 minutes. */
  timeout?: Duration;
}>;

type ForwardSpec<D, C extends SagaCommandDef, E extends EventDef, F extends EventDef, N extends D> = Readonly<{
  send: C;
  data: (data: D) => DataOf<C>;
  done: E;
  failed?: Failing<F>;
  /** The data of all later steps. */
  onDone?: (data: D, event: DataOf<E>) => N;
  timeout: Duration;
  /** Left out: one try. */
  retry?: Retry;
}>;
type PlainStep = Readonly<{ undo?: never; pivot?: never }>;
type UndoableStep<D, U extends SagaCommandDef> = Readonly<{ undo: UndoSpec<D, U>; pivot?: never }>;
type PivotStep = Readonly<{ undo?: never; pivot: true }>;

/** A saga whose point of no return is declared: later steps only go forward, so they declare no undo. */
export interface ForwardSaga<D, S extends EventDef> extends SagaDefinition<S> {
  step<C extends SagaCommandDef, E extends EventDef, F extends EventDef = never, N extends D = D>(
    name: string,
    spec: ForwardSpec<D, C, E, F, N> & PlainStep,
  ): ForwardSaga<N, S>;
}

/** A saga under construction; every step sees the data that the ones before it produced. */
export interface OpenSaga<D, S extends EventDef> extends SagaDefinition<S> {
  /** The point of no return: once sent, time-outs only repeat it and cancelling is refused. */
  step<C extends SagaCommandDef, E extends EventDef, F extends EventDef = never, N extends D = D>(
    name: string,
    spec: ForwardSpec<D, C, E, F, N> & PivotStep,
  ): ForwardSaga<N, S>;
  step<
    C extends SagaCommandDef,
    E extends EventDef,
    U extends SagaCommandDef,
    F extends EventDef = never,
    N extends D = D,
  >(
    name: string,
    spec: ForwardSpec<D, C, E, F, N> & UndoableStep<D, U>,
  ): OpenSaga<N, S>;
  step<C extends SagaCommandDef, E extends EventDef, F extends EventDef = never, N extends D = D>(
    name: string,
    spec: ForwardSpec<D, C, E, F, N> & PlainStep,
  ): OpenSaga<N, S>;
}

export type UndoDef = Readonly<{
  send: SagaCommandDef;
  data: (data: unknown, why: Why) => unknown;
  done: EventDef;
  timeoutMs: number;
}>;
export type StepDef = Readonly<{
  name: string;
  send: SagaCommandDef;
  data: (data: unknown) => unknown;
  done: EventDef;
  failed: EventDef | undefined;
  onDone: (data: unknown, event: unknown) => unknown;
  undo: UndoDef | undefined;
  pivot: boolean;
  timeoutMs: number;
  attempts: number;
  backoffMs: number;
}>;

/** Switches of the mutation check; production leaves all protections on. */
export type SagaProtection = 'epoch check' | 'undo armed before send' | 'participant fence' | 'tombstone';

export type SagaDefinition<S extends EventDef = EventDef> = Readonly<{
  type: string;
  version: number;
  start: S;
  key: (event: DataOf<S>) => string;
  init: (event: DataOf<S>) => unknown;
  cancelOn: Readonly<{ event: EventDef; key: (event: unknown) => string }> | undefined;
  undoStart: UndoDef | undefined;
  steps: readonly StepDef[];
  without: readonly SagaProtection[];
}>;
/** Any saga, whatever its start event. */
export type AnySaga = Omit<SagaDefinition<never>, 'start'> & Readonly<{ start: EventDef }>;

type SagaSpec<D, S extends EventDef, X extends EventDef, U extends SagaCommandDef> = Readonly<{
  version: number;
  start: S;
  /** One unfinished saga a tenant and key; a second start is ignored. */
  key: (event: DataOf<S>) => string;
  init: (event: DataOf<S>) => D;
  cancelOn?: Readonly<{ event: X; key: (event: DataOf<X>) => string }>;
  /** Bottom of the undo stack: undoes what the start event stands for. Its receiver treats it as a command. */
  undoStart?: UndoSpec<D, U>;
}>;

/** The step name that `undoStart` carries in its saga reference. */
export const START = 'start';

const UNDO_TIMEOUT: Duration = '30s';

const undoDef = ({ send, data, done, timeout = UNDO_TIMEOUT }: UndoSpec<never, SagaCommandDef>): UndoDef => ({
  send,
  data: data as UndoDef['data'],
  done,
  timeoutMs: durationMs(timeout),
});

type LooseStep = ForwardSpec<never, SagaCommandDef, EventDef, EventDef, never> &
  Readonly<{ undo?: UndoSpec<never, SagaCommandDef>; pivot?: true }>;

function stepDef(name: string, spec: LooseStep): StepDef {
  const { attempts, backoff } = spec.retry ?? { attempts: 1, backoff: '1s' };
  return {
    name,
    send: spec.send,
    data: spec.data as StepDef['data'],
    done: spec.done,
    failed: spec.failed,
    onDone: (spec.onDone as StepDef['onDone'] | undefined) ?? ((data) => data),
    undo: spec.undo && undoDef(spec.undo),
    pivot: spec.pivot ?? false,
    timeoutMs: durationMs(spec.timeout),
    attempts,
    backoffMs: durationMs(backoff),
  };
}

function extend(definition: SagaDefinition): object {
  const step = (name: string, spec: LooseStep) => {
    const names = [START, ...definition.steps.map((each) => each.name)];
    if (names.includes(name)) throw new TypeError(`saga ${definition.type}: step name '${name}' is taken`);
    if (name.includes(';')) throw new TypeError(`saga ${definition.type}: no ';' in the step name '${name}'`);
    return extend({ ...definition, steps: [...definition.steps, stepDef(name, spec)] });
  };
  return { ...definition, step };
}

/**
 * Declares a saga: steps one after another, each a command that is answered by an event, with its undo.
 * Types accumulate: what `onDone` returns is the data of the later steps.
 */
export function saga<D, S extends EventDef, X extends EventDef = never, U extends SagaCommandDef = never>(
  type: string,
  spec: SagaSpec<D, S, X, U>,
): OpenSaga<D, S> {
  const definition: SagaDefinition<S> = {
    type,
    version: spec.version,
    start: spec.start,
    key: spec.key,
    init: spec.init,
    cancelOn: spec.cancelOn as SagaDefinition['cancelOn'],
    undoStart: spec.undoStart && undoDef(spec.undoStart as UndoSpec<never, SagaCommandDef>),
    steps: [],
    without: [],
  };
  return extend(definition as unknown as SagaDefinition) as OpenSaga<D, S>;
}

/** The same saga with protections switched off: for the mutation check only. */
export const unprotected = <S extends EventDef>(
  definition: SagaDefinition<S>,
  without: readonly SagaProtection[],
): SagaDefinition<S> => ({ ...definition, without });

/** The step, or undefined for `start` and unknown names. */
export const stepNamed = (definition: AnySaga, name: string): StepDef | undefined =>
  definition.steps.find((each) => each.name === name);

/** How a step, or the start, is undone. */
export const undoOf = (definition: AnySaga, name: string): UndoDef | undefined =>
  name === START ? definition.undoStart : stepNamed(definition, name)?.undo;

/** Every message a host listens to: start, cancel, and all answers of all steps and undos; each once. */
export function eventsOf(definition: AnySaga): readonly EventDef[] {
  const answers = definition.steps.flatMap((each) => [each.done, each.failed, each.undo?.done]);
  const all = [definition.start, definition.cancelOn?.event, ...answers, definition.undoStart?.done];
  const known = all.filter((each): each is EventDef => each !== undefined);
  return [...new Map(known.map((each) => [each.type, each])).values()];
}
