import { type Answer, brokenLaws, type ModelReply, RunRequested, SagaModel, toySaga } from '@gts/testing';
import fc from 'fast-check';
import { unprotected } from './definition';
import type { SagaCommand } from './instance';

const ANSWERS: readonly Answer[] = ['done', 'done', 'failed', 'refused', 'doing'];
type Move = Readonly<{ what: number; which: number; answer: number }>;
const moves = fc.array(fc.record({ what: fc.nat(99), which: fc.nat(99), answer: fc.nat(99) }), { maxLength: 60 });
const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(list.length, 1)];

type Act = (model: SagaModel, move: Move) => void;
const answerOf = ({ answer }: Move): Answer => pick(ANSWERS, answer) ?? 'done';
const withCommand = (model: SagaModel, { which }: Move, act: (command: SagaCommand) => void): void => {
  const command = pick(model.commands, which);
  if (command) act(command);
};
const withReply = (model: SagaModel, { which }: Move, act: (reply: ModelReply) => void): void => {
  const reply = pick(model.replies, which);
  if (reply) act(reply);
};
const finishJob: Act = (model, move) => {
  const answer = answerOf(move);
  const job = pick([...model.ops.keys()], move.which);
  if (job !== undefined) model.complete(job, answer === 'doing' ? 'done' : answer);
};
const intervene: Act = (model) => {
  if (model.instance?.state === 'stuck')
    model.input({ type: 'operator', verb: 'retry', reason: 'a test', actor: 'user:1' });
};

/** What the world may do, and up to which of a hundred throws it does so. */
const acts: readonly (readonly [number, Act])[] = [
  [6, (model, move) => withCommand(model, move, (each) => model.deliverCommand(each, answerOf(move), true))],
  [30, (model, move) => withCommand(model, move, (each) => model.deliverCommand(each, answerOf(move)))],
  [36, (model, move) => withReply(model, move, (each) => model.deliverReply(each, true))],
  [60, (model, move) => withReply(model, move, (each) => model.deliverReply(each))],
  [
    66,
    (model, move) =>
      withCommand(model, move, (lost) => (model.commands = model.commands.filter((each) => each !== lost))),
  ],
  [
    72,
    (model, move) => withReply(model, move, (lost) => (model.replies = model.replies.filter((each) => each !== lost))),
  ],
  [84, (model) => void model.fireNext()],
  [92, finishJob],
  [96, (model) => model.input({ type: 'cancel' })],
  [100, intervene],
];
const act: Act = (model, move) => acts.find(([below]) => move.what < below)?.[1](model, move);

/** Goes well for some steps, so that late ones are tried as often as early ones. */
function goWell(model: SagaModel, steps: number): void {
  for (let step = 0; step < steps; step++) model.deliverAll('done');
}

/** From here on everything arrives, jobs end well, and time passes. */
function recover(model: SagaModel): void {
  for (let turn = 0; turn < 400 && !model.ended && model.instance?.state !== 'stuck'; turn++) {
    const quiet = model.commands.length + model.replies.length === 0;
    model.deliverAll('done');
    for (const [name] of model.ops) model.complete(name, 'done');
    if (quiet && model.replies.length === 0) model.fireNext();
  }
  model.deliverAll('done');
}

function outcomes(definition: typeof toySaga | ReturnType<typeof unprotected>, runs: number) {
  const seen = new Set<string>();
  const found: string[] = [];
  const property = fc.property(fc.nat(4), moves, (steps, list) => {
    const model = new SagaModel(definition as never);
    const broken: string[] = [];
    model.start(RunRequested.example);
    goWell(model, steps);
    for (const move of list) {
      act(model, move);
      broken.push(...brokenLaws(model));
    }
    recover(model);
    seen.add(model.instance?.state ?? 'none');
    broken.push(...brokenLaws(model));
    found.push(...broken);
    return broken.length === 0 && (model.ended || model.instance?.state === 'stuck');
  });
  return { result: fc.check(property, { numRuns: runs, seed: 20260101 }), seen, found };
}

test('whatever is lost, repeated, late or cancelled: a saga ends, and its laws hold after every input', () => {
  const { result, seen } = outcomes(toySaga, 2000);
  expect(fc.defaultReportMessage(result) ?? 'holds').toBe('holds');
  expect([...seen].toSorted()).toEqual(expect.arrayContaining(['compensated', 'completed']));
});

test.each([
  ['epoch check', /pivot took effect|is done|something was undone/],
  ['undo armed before send', /is (done|doing)/],
] as const)('without the %s the laws break', (protection, law) => {
  const { result, found } = outcomes(unprotected(toySaga, [protection]) as never, 4000);
  expect(result.failed).toBe(true);
  expect(found.join()).toMatch(law);
});
