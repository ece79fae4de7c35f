import type { DataOf, EventDef } from '@gts/contracts';
import { type SagaCommand, type SagaDefinition, START, type StepDef, undoOf } from '@gts/saga';
import { brokenLaws } from './saga-laws';
import { SagaModel } from './saga-model';

export type Fate = 'fails' | 'times out' | 'succeeds late' | 'cancelled before' | 'cancelled after';
export type MatrixRow = Readonly<{
  step: string;
  fate: Fate;
  /** Runs the case on model participants; `broken` is empty when everything armed was carried out. */
  run: () => Readonly<{ state: string | undefined; broken: readonly string[] }>;
}>;

const FATES: readonly Fate[] = ['fails', 'times out', 'succeeds late', 'cancelled before', 'cancelled after'];
const ENOUGH = 200;
/** A step that is repeated for ever fails this often before it succeeds. */
const PATIENCE = 3;

type Case = Readonly<{ model: SagaModel; target: StepDef; fate: Fate }>;

const isUndo = ({ definition }: SagaModel, { message, saga }: SagaCommand): boolean =>
  undoOf(definition, saga.step)?.send.type === message.type;

/** Everything in the network arrives, newest first, so that an undo overtakes the command it undoes. */
function settle(model: SagaModel): void {
  for (let turn = 0; turn < ENOUGH && !model.ended; turn++) {
    const command = model.commands.at(-1);
    const reply = model.replies.at(-1);
    if (command) model.deliverCommand(command, 'done');
    else if (reply) model.deliverReply(reply);
    else model.fireNext();
  }
  model.deliverAll('done');
}

/** Goes forward until the command of the step is in the network. */
function reach({ model, target }: Case): SagaCommand | undefined {
  for (let turn = 0; turn < ENOUGH && !model.ended; turn++) {
    const command = model.commands.at(-1);
    if (command?.saga.step === target.name && !isUndo(model, command)) return command;
    if (command) model.deliverCommand(command, 'done');
    const reply = model.replies.at(-1);
    if (reply) model.deliverReply(reply);
  }
  return undefined;
}

const mayGiveUp = ({ target }: Case): boolean => Number.isFinite(target.attempts) && !target.pivot;
const waiting = ({ model, target }: Case): SagaCommand[] =>
  model.commands.filter((each) => each.saga.step === target.name && !isUndo(model, each));

function fail(at: Case, command: SagaCommand): void {
  at.model.deliverCommand(command, 'refused');
  for (const reply of at.model.replies) at.model.deliverReply(reply);
}

/** Time-outs until the saga turns back, or often enough where it never does; `handle` decides on each command. */
function timeOut(at: Case, handle: (command: SagaCommand) => void): void {
  for (let tries = 0; tries < (mayGiveUp(at) ? ENOUGH : PATIENCE); tries++) {
    if (at.model.instance?.state !== 'running') return;
    for (const command of waiting(at)) handle(command);
    at.model.fireNext();
  }
}

const fates: Readonly<Record<Fate, (at: Case, command: SagaCommand) => void>> = {
  fails: fail,
  'times out': (at) => timeOut(at, (lost) => (at.model.commands = at.model.commands.filter((each) => each !== lost))),
  // The participant succeeds, its answers stay in the network until the saga has turned back.
  'succeeds late': (at) => timeOut(at, (command) => at.model.deliverCommand(command, 'done')),
  'cancelled before': ({ model }) => model.input({ type: 'cancel' }),
  'cancelled after': ({ model }, command) => {
    model.deliverCommand(command, 'done');
    model.input({ type: 'cancel' });
  },
};

function run(definition: SagaDefinition, data: unknown, { target, fate }: Omit<Case, 'model'>) {
  const model = new SagaModel(definition);
  model.start(data);
  const command = reach({ model, target, fate });
  if (!command) return { state: model.instance?.state, broken: [`'${target.name}' was never sent`] };
  fates[fate]({ model, target, fate }, command);
  settle(model);
  const state = model.instance?.state;
  const broken = [
    ...brokenLaws(model),
    ...(model.ended ? [] : [`it is ${state}`]),
    ...expected({ model, target, fate }),
  ];
  return { state, broken };
}

/** Whether the fate may turn the saga back: never after the pivot, at the pivot only a refusal. */
function turnsBack({ model, target, fate }: Case): boolean {
  const { steps } = model.definition;
  const pivotAt = steps.findIndex((each) => each.pivot);
  const past = steps.indexOf(target) - (pivotAt < 0 ? steps.length : pivotAt);
  if (past >= 0) return past === 0 && fate === 'fails';
  return fate !== 'times out' && fate !== 'succeeds late' ? true : Number.isFinite(target.attempts);
}

function expected(at: Case): string[] {
  const want = turnsBack(at) ? 'compensated' : 'completed';
  return at.model.instance?.state === want ? [] : [`it should be ${want}`];
}

/**
 * The test matrix that a definition implies: every step × {fails, times out, succeeds late, cancelled before and
 * after its participant acted}. Answers carry the examples of their definitions.
 */
export function sagaMatrix<S extends EventDef>(definition: SagaDefinition<S>, start: DataOf<S>): readonly MatrixRow[] {
  const any = definition as unknown as SagaDefinition;
  return definition.steps.flatMap((target) =>
    FATES.filter((fate) => fate !== 'fails' || target.failed !== undefined).map((fate) => ({
      step: target.name,
      fate,
      run: () => run(any, start, { target, fate }),
    })),
  );
}

/** The bottom of every undo stack, for tests that name it. */
export const sagaStart = START;
