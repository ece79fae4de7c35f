import { type AnySaga, START, type StepDef } from './definition';

const nameOf = (text: string): string => text.replaceAll(/[^A-Za-z0-9]+/g, '_');
const waits = ({ timeoutMs, attempts }: StepDef): string =>
  `${timeoutMs / 1000} s${attempts === 1 ? '' : `, ${Number.isFinite(attempts) ? `${attempts} tries` : 'for ever'}`}`;

/** What compensation does after the undo of what stands at `index` in the stack. */
const below = (undos: readonly string[], index: number): string => undos[index - 1] ?? 'compensated';

/** The saga as a Mermaid state diagram: steps, undos, pivot, time-outs. Same definition, same text. */
export function mermaid(definition: AnySaga): string {
  const { steps } = definition;
  const undos: string[] = definition.undoStart ? [`undo_${START}`] : [];
  const lines = ['stateDiagram-v2', `  [*] --> ${nameOf(steps[0]?.name ?? 'completed')}: ${startOf(definition)}`];
  steps.forEach((step, index) => {
    const name = nameOf(step.name);
    const before = undos.at(-1) ?? 'compensated';
    const next = steps[index + 1]?.name;
    if (step.undo) undos.push(`undo_${name}`);
    lines.push(`  ${name}: ${step.name} (${step.send.name}${step.pivot ? ', pivot' : ''}; ${waits(step)})`);
    lines.push(`  ${name} --> ${next === undefined ? 'completed' : nameOf(next)}: ${step.done.name}`);
    lines.push(...turnings(definition, step, step.undo ? `undo_${name}` : before));
  });
  lines.push(...undoLines(definition, undos), '  completed --> [*]', '  compensated --> [*]', '');
  return lines.join('\n');
}

const startOf = ({ start }: AnySaga): string => start.name;

function turnings(definition: AnySaga, step: StepDef, back: string): string[] {
  const from = `  ${nameOf(step.name)} --> ${back}`;
  const pivotAt = definition.steps.findIndex((each) => each.pivot);
  if (pivotAt >= 0 && definition.steps.indexOf(step) > pivotAt) return [];
  const failure = step.failed ? [`${from}: ${step.failed.name}`] : [];
  if (step.pivot) return failure;
  const cancelled = definition.cancelOn ? [`${from}: ${definition.cancelOn.event.name}`] : [];
  return [...failure, ...(Number.isFinite(step.attempts) ? [`${from}: timed out`] : []), ...cancelled];
}

function undoLines({ steps, undoStart }: AnySaga, undos: readonly string[]): string[] {
  const specs = [undoStart, ...steps.map((each) => each.undo)].filter((each) => each !== undefined);
  return specs.flatMap((undo, index) => {
    const name = undos[index] ?? '';
    return [`  ${name}: ${undo.send.name}`, `  ${name} --> ${below(undos, index)}: ${undo.done.name}`];
  });
}
