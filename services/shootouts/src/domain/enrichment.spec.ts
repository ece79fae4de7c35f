import { anId, given } from '@gts/testing';
import { type Enrichment, enrichmentFailed, enrichmentReady, openEnrichment, retryEnrichment } from './enrichment';

const about = { shootoutId: anId<'Shootout'>(1), ownerId: 'ada', manifestVersion: 1, kind: 'video' as const };
const pending: Enrichment = openEnrichment({ ...about, runId: anId<'Run'>(2) }).state;
const media = { sha256: 'a', bytes: 1, mediaType: 'video/mp4', mediaKey: 'k' };
const ready = enrichmentReady({ media })(pending).state;
const failed = enrichmentFailed('encoder.timeout')(pending).state;

test('is told when it is there, once', () => {
  given(pending).when(enrichmentReady({ media })).thenEvents({ type: 'Ready', facts: about });
  given(ready)
    .when(enrichmentReady({ media: { ...media, mediaKey: 'other' } }))
    .thenEvents();
});
test('a failure is told once, and never takes away what is there', () => {
  expect(failed).toMatchObject({ status: 'FAILED', code: 'encoder.timeout' });
  given(pending).when(enrichmentFailed('store.full')).thenEvents({ type: 'Failed', facts: about });
  given(failed).when(enrichmentFailed('store.full')).thenEvents();
  given(ready).when(enrichmentFailed('store.full')).thenEvents();
});
test('what failed is asked for again, and may come then', () => {
  given(failed)
    .when(retryEnrichment)
    .thenEvents({ type: 'RetryDue', runId: anId(2), kind: 'video' });
  expect(retryEnrichment(failed).state).toEqual(pending);
  expect(enrichmentReady({ media })(failed).state.code).toBeUndefined();
});
test.each([
  ['that is being made', pending],
  ['that is there', ready],
])('an enrichment %s is not asked for again', (_, enrichment) => {
  given(enrichment).when(retryEnrichment).thenRefused('SHOOTOUT.ENRICHMENT_NOT_FAILED');
});
