import { anId, given } from '@gts/testing';
import fc from 'fast-check';
import {
  accept,
  cancel,
  type ChainOutcome,
  complete,
  fail,
  fanOut,
  hasEnded,
  isOpen,
  noteChain,
  type RenderJob,
  start,
} from './render-job';

const file = { sha256: 'a', bytes: 1, mediaType: 'audio/wav' };
const tone = (n: number) => ({
  toneId: anId(n),
  label: `tone ${n}`,
  blocks: [{ kind: 'ir' as const, role: 'ir' as const, file }],
});
const spec = (tones = 2): NonNullable<RenderJob['spec']> => ({
  mode: 'render',
  di: { audio: file, frames: 48_000 },
  inputGainDb: 0,
  tones: Array.from({ length: tones }, (_, i) => tone(i)),
});
const accepted = (tones = 2): RenderJob =>
  accept({
    runId: anId(50),
    shootoutId: anId(51),
    renderVersion: 1,
    epoch: 4,
    op: { sagaId: anId(52), step: 'render', attempt: 1 },
    origin: { correlationId: 'c' },
    acceptedAt: '2026-01-01T00:00:00.000Z',
    spec: spec(tones),
  }).state;
const prepared = { sha256: 'p', frames: 62_400, warnings: [] };
let next = 0;
const ids = () => anId(100 + next++);
const rendering = (tones = 2): RenderJob => fanOut(prepared, ids)(start(accepted(tones)).state).state;
const rendered: ChainOutcome = { status: 'rendered', cached: false, sound: { sha256: 's', frames: 62_500 } };
const refused: ChainOutcome = { status: 'refused', failure: { code: 'nam.weights', blockIndex: 1 } };

test('leaves the queue once and asks for its preparation', () => {
  const { state, events } = start(accepted());
  expect(events.map(({ type }) => type)).toEqual(['Started', 'PrepareDue']);
  given(state).when(start).thenEvents();
});
test('fans out to one item a tone, once', () => {
  const { state, events } = fanOut(prepared, ids)(start(accepted(3)).state);
  expect(events.map(({ type }) => type)).toEqual(['ChainDue', 'ChainDue', 'ChainDue']);
  given(state).when(fanOut(prepared, ids)).thenEvents();
});
test('is finished by the last tone, not before', () => {
  const { state, events } = noteChain(anId(0), rendered)(rendering());
  expect(events).toEqual([{ type: 'ChainRendered', runId: anId(50), toneId: anId(0), cached: false }]);
  given(state)
    .when(noteChain(anId(1), rendered))
    .thenEvents(
      { type: 'ChainRendered', runId: anId(50), toneId: anId(1), cached: false },
      { type: 'FinishDue', runId: anId(50), epoch: 4 },
    );
});
test('fails with the first refusal, which names tone and block; the others are cancelled', () => {
  const { state } = noteChain(anId(0), refused)(rendering());
  expect(state).toMatchObject({
    status: 'failed',
    failures: [{ toneId: anId(0), code: 'nam.weights', blockIndex: 1 }],
    tones: [{ status: 'refused' }, { status: 'cancelled' }],
  });
  given(state)
    .when(noteChain(anId(1), rendered))
    .thenState({ status: 'failed' });
});
test.each([
  ['accepted', accepted()],
  ['preparing', start(accepted()).state],
  ['rendering', rendering()],
  ['failed', fail({ code: 'x' })(rendering()).state],
])('is cancelled while %s, with its tones, under the newer epoch', (_, job) => {
  const { state } = cancel(9)(job);
  expect([state.status, state.epoch, state.tones.some(({ status }) => isOpen(status))]).toEqual([
    'cancelled',
    9,
    false,
  ]);
});

const levelled = { frames: 62_400, targetLufs: -14, gainsDb: [1, 2, 3], data: [] };

type Step = (job: RenderJob) => { state: RenderJob; events: readonly { type: string }[] };
const steps = fc.array(
  fc.oneof(
    fc.constant<Step>(start),
    fc.constant<Step>(fanOut(prepared, ids)),
    fc.constant<Step>(complete({ outputs: ['o'], levelled })),
    fc.constant<Step>(fail({ code: 'engine.crash' })),
    fc.nat({ max: 3 }).map((n): Step => noteChain(anId(n), rendered)),
    fc.nat({ max: 3 }).map((n): Step => noteChain(anId(n), refused)),
  ),
  { maxLength: 20 },
);
test('whatever comes in whatever order: ended stays ended, work is asked for once, no tone runs on', () => {
  fc.assert(
    fc.property(steps, (tries) => {
      let job = accepted(3);
      const seen: string[] = [];
      for (const step of tries) {
        const before = job;
        const { state, events } = step(job);
        const moved = state.status !== before.status || events.length > 0;
        expect(hasEnded(before) && moved).toBe(false);
        seen.push(...events.map(({ type }) => type));
        job = state;
      }
      for (const once of ['Started', 'PrepareDue', 'FinishDue'])
        expect(seen.filter((type) => type === once).length).toBeLessThan(2);
      expect(hasEnded(job) && job.tones.some(({ status }) => isOpen(status))).toBe(false);
    }),
  );
});
