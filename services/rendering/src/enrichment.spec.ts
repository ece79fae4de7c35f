import { type DataOf, EnrichRender, RenderEnrichmentFailed, RenderJobEnriched } from '@gts/contracts';
import { audioRefusal } from '@gts/audio';
import { aContext, anId } from '@gts/testing';
import { completed, failed, render, startRendering, type World } from '../../../tests/support/rendering-world';

const enriched = ({ driver }: World) =>
  driver.ofType(RenderJobEnriched).map(({ data }) => data as DataOf<typeof RenderJobEnriched>);
const notEnriched = ({ driver }: World) =>
  driver.ofType(RenderEnrichmentFailed).map(({ data }) => data as DataOf<typeof RenderEnrichmentFailed>);
const kinds = (world: World) => enriched(world).map(({ kind }) => kind);
const timedOut = () => audioRefusal('encoder.timeout', 'took too long');

test('picture, montage and video follow the finished set, each told once, with their chapters', async () => {
  const world = startRendering();
  const { runId } = await render(world);
  expect(kinds(world).toSorted()).toEqual(['montage', 'picture', 'video']);
  const montage = enriched(world).find(({ kind }) => kind === 'montage');
  const seconds = (completed(world)[0]?.tones[0]?.frames ?? 0) / 48;
  const chapters = [
    { label: 'tone 0', startMs: 0 },
    { label: 'tone 1', startMs: seconds },
  ];
  expect(montage).toMatchObject({ runId, ref: { mediaType: 'audio/flac' }, chapters });
  expect(enriched(world).find(({ kind }) => kind === 'video')).toMatchObject({ chapters });
  const text = await world.files.read(montage?.chaptersFile?.sha256 ?? '');
  expect(String(text)).toMatch(/^0:00 tone 0\n0:0\d tone 1\n$/);
});
test('the same set of another run is enriched from what is there', async () => {
  const world = startRendering({ video: (attempt) => (attempt > 1 ? timedOut() : undefined) });
  await render(world);
  await render(world, 2);
  expect(enriched(world)).toHaveLength(6);
  expect(notEnriched(world)).toEqual([]);
});
test('a fault is tried again and forgotten; the set was complete all the time', async () => {
  const world = startRendering({ video: (attempt) => (attempt < 3 ? timedOut() : undefined) });
  await render(world);
  expect([completed(world).length, kinds(world).length, notEnriched(world).length]).toEqual([1, 3, 0]);
});
test('a fault that comes three times fails its kind alone; asked for again it is made', async () => {
  const world = startRendering({ video: (attempt) => (attempt <= 3 ? timedOut() : undefined) });
  const { runId } = await render(world);
  expect(notEnriched(world)).toEqual([{ runId, kind: 'video', code: 'encoder.timeout', detail: 'took too long' }]);
  expect([kinds(world).toSorted(), failed(world)]).toEqual([['montage', 'picture'], []]);
  expect(await world.app.queries.getRenderJob({ runId }, aContext())).toMatchObject({ status: 'completed' });
  world.driver.send(EnrichRender, { runId, kinds: ['video'] });
  await world.driver.idle();
  expect(kinds(world).at(-1)).toBe('video');
});
test('of several kinds that are asked for at once, a fault of one leaves the others ready', async () => {
  const world = startRendering({
    montage: (attempt) => (attempt <= 3 ? timedOut() : undefined),
    video: (attempt) => (attempt <= 6 ? timedOut() : undefined),
  });
  const { runId } = await render(world);
  expect(kinds(world)).toEqual(['picture']);
  world.driver.send(EnrichRender, { runId, kinds: ['montage', 'video'] });
  await world.driver.idle();
  expect(kinds(world)).toEqual(['picture', 'montage']);
  expect(notEnriched(world).map(({ kind }) => kind)).toEqual(['montage', 'video', 'video']);
});
test('what is ready, or belongs to nobody, is not made again', async () => {
  const world = startRendering();
  const { runId } = await render(world);
  world.driver.send(EnrichRender, { runId, kinds: ['montage', 'video', 'picture'] });
  world.driver.send(EnrichRender, { runId: anId<'Run'>(77), kinds: ['video'] });
  await world.driver.idle();
  expect(enriched(world)).toHaveLength(3);
  expect(world.driver.parked).toEqual([]);
});
