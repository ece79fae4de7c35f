import { timersOf, undoOf } from '@gts/saga';
import type { SagaModel } from './saga-model';

const text = (value: unknown): string => JSON.stringify(value);

function completedLaws({ ops }: SagaModel): string[] {
  const undone = [...ops.values()].some(({ state }) => state === 'undone' || state === 'tombstone');
  return undone ? ['completed, but something was undone'] : [];
}

function compensatedLaws({ instance, definition, ops }: SagaModel): string[] {
  const left = instance?.armed.filter(({ state }) => state !== 'undone') ?? [];
  const done = [...ops].filter(
    ([name, { state }]) => undoOf(definition, name) !== undefined && (state === 'doing' || state === 'done'),
  );
  const pivot = definition.steps.find((each) => each.pivot)?.name ?? '';
  return [
    ...left.map(({ step, state }) => `undo of '${step}' is ${state}`),
    ...done.map(([name, { state }]) => `compensated, but '${name}' is ${state}`),
    ...(ops.get(pivot)?.state === 'done' ? ['compensated, but the pivot took effect'] : []),
  ];
}

function endLaws(model: SagaModel): string[] {
  if (model.instance?.state === 'completed') return completedLaws(model);
  return model.instance?.state === 'compensated' ? compensatedLaws(model) : [];
}

/** What holds after every input of a saga; the texts say what does not. */
export function brokenLaws(model: SagaModel): string[] {
  const { instance, definition, sent, timers } = model;
  if (!instance) return [];
  const broken = endLaws(model);
  const waits = [instance.pending, instance.waitingRetry].filter((each) => each !== undefined).length;
  const unfinished = instance.state === 'running' || instance.state === 'compensating';
  if (unfinished && waits !== 1) broken.push(`${waits} pending commands or retries`);
  if (model.ended && waits !== 0) broken.push('it ended, but something is pending');
  const wanted = timersOf(definition, instance).map(text).toSorted();
  if (text(timers.map(text).toSorted()) !== text(wanted)) broken.push(`timers ${text(timers)}, not ${text(wanted)}`);
  if (sent.some(({ saga }, index) => saga.epoch !== index + 1)) broken.push('epochs do not rise by one');
  if (model.sentAfterEnd > 0) broken.push('something was sent after the end');
  return broken;
}
