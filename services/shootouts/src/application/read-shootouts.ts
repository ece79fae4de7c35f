import type { DataOf, GetRun, GetShootout, ListShootouts as List, ReplyOf } from '@gts/contracts';
import type { Context, Finding, Id } from '@gts/kernel';
import { storeErrors } from '@gts/persistence';
import { refuse } from '../domain/errors';
import type { Shootout } from '../domain/shootout';
import { factsOf } from './facts';
import type { AskRendering, DITracks, ListShootouts, RenderState, RunNote, RunNotes, Shootouts } from './ports';
import { shootoutView } from './views';

type Deps = Readonly<{
  shootouts: Shootouts;
  tracks: DITracks;
  listShootouts: ListShootouts;
  runs: RunNotes;
  askRendering: AskRendering;
}>;

export const listShootouts =
  ({ listShootouts: list }: Deps) =>
  async (filter: DataOf<typeof List>, ctx: Context): Promise<ReplyOf<typeof List>> => {
    if (filter.includeDeleted && !ctx.scopes.includes('ops')) throw refuse.NOT_PERMITTED();
    const { items, next } = await list(filter, ctx);
    return { items: items.map(shootoutView), next };
  };

async function draftFindings({ status, diTrackId }: Shootout, tracks: ReturnType<DITracks>): Promise<Finding[]> {
  if (status !== 'DRAFT' && status !== 'FAILED') return [];
  if (factsOf(await tracks.find(diTrackId))?.ready) return [];
  return [{ code: 'di-unavailable', pointer: '/diTrackId', detail: 'the recording is deleted: restore or replace it' }];
}

export const getShootout =
  ({ shootouts, tracks }: Deps) =>
  async (
    { shootoutId, minEventSeq = 0 }: DataOf<typeof GetShootout>,
    ctx: Context,
  ): Promise<ReplyOf<typeof GetShootout>> => {
    const shootout = await shootouts(ctx).get(shootoutId);
    if (shootout.meta.eventSeq < minEventSeq) throw storeErrors.PROJECTION_LAG('shootout');
    const findings = (await draftFindings(shootout, tracks(ctx))).map(({ code, pointer = '', detail }) => ({
      code,
      pointer,
      detail,
    }));
    return { ...shootoutView(shootout), findings };
  };

type Run = ReplyOf<typeof GetRun>;

function renderPart(state: RenderState | undefined, { selections }: Shootout): Partial<Run> {
  if (!state) return {};
  const labels = new Map<Id<'ToneSelection'>, string>(selections.map(({ id, label }) => [id, label]));
  const { percent, queuePosition, etaSeconds } = state;
  const tones = state.tones.map(({ toneId, stage, percent: part, cached }) => ({
    toneId,
    label: labels.get(toneId) ?? '',
    stage: stage as NonNullable<Run['tones']>[number]['stage'],
    percent: part,
    cached,
  }));
  return { percent, queuePosition, etaSeconds, tones };
}

const countsOf = (note: RunNote | undefined): Pick<Run, 'rendered' | 'reused'> =>
  note?.rendered === undefined ? {} : { rendered: note.rendered, reused: note.reused ?? 0 };

const endOf = ({ status, failure, manifestVersion }: Shootout): Partial<Run> => ({
  ...(status === 'COMPLETED' && { percent: 100 }),
  ...(failure && { failure: { ...failure } }),
  ...(manifestVersion !== undefined && { manifestVersion }),
});

const isActive = ({ status }: Shootout): boolean => status === 'PENDING' || status === 'PROCESSING';

/** How the latest run goes; 404 before the first one. */
export const getRun =
  ({ shootouts, runs, askRendering }: Deps) =>
  async ({ shootoutId }: DataOf<typeof GetRun>, ctx: Context): Promise<Run> => {
    const shootout = await shootouts(ctx).get(shootoutId);
    const { runId, renderVersion, status } = shootout;
    if (runId === undefined) throw refuse.NOT_FOUND();
    const note = await runs.find(runId, ctx);
    const step = status === 'COMPLETED' ? 'done' : (note?.step ?? 'snapshot');
    const asked = isActive(shootout) && step === 'render' ? await askRendering(runId, ctx) : undefined;
    return {
      runId,
      shootoutId,
      renderVersion,
      status,
      step,
      ...renderPart(asked, shootout),
      ...countsOf(note),
      ...endOf(shootout),
    };
  };
