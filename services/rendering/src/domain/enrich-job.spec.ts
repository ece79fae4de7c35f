import { anId, given } from '@gts/testing';
import { claimEnrichments, claimOf, endEnrichments, giveUpEnrichments, noteEnrichFault, wantedOf } from './enrich-job';
import { type EnrichmentKind, queued } from './enrichment';
import { cancel, complete, filesOf, type RenderJob } from './render-job';

const finishing: RenderJob = {
  runId: anId(1),
  shootoutId: anId(2),
  renderVersion: 1,
  status: 'finishing',
  epoch: 4,
  origin: { correlationId: 'c' },
  spec: null,
  acceptedAt: '2026-01-01T00:00:00.000Z',
  attempt: 1,
  tones: [],
  outputs: [],
  enrichments: [],
  failures: [],
};
const levelled = { frames: 4800, targetLufs: -14, gainsDb: [], data: [] };
const completed = complete({ outputs: ['tone'], levelled })(finishing).state;
const video: readonly EnrichmentKind[] = ['video'];
const file = { sha256: 'v', bytes: 1, mediaType: 'video/mp4' };
const ready = { kind: 'video' as const, outcome: { status: 'ready' as const, made: { file } } };
const claim = (job: RenderJob, by = 'first') => {
  const { state } = claimEnrichments(video, by)(job);
  return { job: state, claim: claimOf(state, { kinds: video, by }) };
};
const crash = { code: 'engine.crash' };
const statusOf = (job: RenderJob) => job.enrichments.find(({ kind }) => kind === 'video')?.status;

test('all kinds are due when the set is finished, each alone', () => {
  given(finishing)
    .when(complete({ outputs: [], levelled }))
    .thenEvents(
      ...(['picture', 'montage', 'video'] as const).map(
        (kind) => ({ type: 'EnrichDue', runId: anId(1), kind }) as const,
      ),
    );
});
test('a run that only verifies makes nothing beside it', () => {
  const spec = { mode: 'verify', di: { audio: file, frames: 1 }, inputGainDb: 0, tones: [] } as const;
  const verifying: RenderJob = { ...finishing, spec };
  given(verifying)
    .when(complete({ outputs: [], levelled }))
    .thenEvents();
});
test('what was made is told once, and is wanted no more', () => {
  const { job, claim: mine } = claim(completed);
  const after = endEnrichments([ready], mine)(job);
  expect(after.events).toEqual([{ type: 'Enriched', runId: anId(1), kind: 'video', made: { file } }]);
  expect([wantedOf(after.state, video, 'first'), filesOf(after.state)]).toEqual([[], ['tone', 'v']]);
  given(after.state)
    .when(endEnrichments([ready], mine))
    .thenEvents();
});
test('a zombie of an earlier attempt, or of an earlier life of the job, is not heard', () => {
  const first = claim(completed);
  const second = claim(first.job);
  given(second.job)
    .when(endEnrichments([ready], first.claim))
    .thenRefused('RENDERING.FENCED');
  given(second.job)
    .when(noteEnrichFault({ code: 'engine.crash' }, first.claim))
    .thenRefused('RENDERING.FENCED');
  // Another message took them over: the first one is done.
  given(claim(first.job, 'second').job)
    .when(endEnrichments([ready], first.claim))
    .thenEvents();
  given({ ...first.job, epoch: 5 })
    .when(endEnrichments([ready], first.claim))
    .thenEvents();
});
test('a fault is written down; a stop gives the attempt back', () => {
  const { job, claim: mine } = claim(completed);
  const faulty = noteEnrichFault({ code: 'encoder.timeout' }, mine)(job).state;
  expect(faulty.enrichments.find(({ kind }) => kind === 'video')).toMatchObject({ status: 'queued', attempt: 1 });
  expect(giveUpEnrichments(video, crash)(faulty).events).toEqual([
    { type: 'EnrichmentFailed', runId: anId(1), kind: 'video', failure: { code: 'encoder.timeout' } },
  ]);
  expect(noteEnrichFault('released', mine)(job).state.enrichments).toEqual(
    completed.enrichments.map((each) => (each.kind === 'video' ? { ...queued('video'), askedBy: 'first' } : each)),
  );
});
test('what was given up begins anew when it is asked for again, not when the same message comes again', () => {
  const given3 = [1, 2, 3].reduce((job) => claim(job).job, completed);
  const lost = giveUpEnrichments(video, crash)(given3).state;
  expect([statusOf(lost), wantedOf(lost, video, 'first')]).toEqual(['failed', []]);
  expect(wantedOf(lost, video, 'second')).toEqual(video);
  expect(claim(lost, 'second').claim.attempts).toEqual({ video: 1 });
});
test('a cancelled job wants nothing and lets all files go', () => {
  const { job, claim: mine } = claim(completed);
  const cancelled = cancel(5)(job).state;
  expect([wantedOf(cancelled, video, 'first'), filesOf(cancelled)]).toEqual([[], []]);
  given(cancelled)
    .when(endEnrichments([ready], mine))
    .thenEvents();
  given(cancelled).when(giveUpEnrichments(video, crash)).thenEvents();
});
