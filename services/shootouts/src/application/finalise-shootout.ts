import { type DataOf, FinaliseRefused, FinaliseShootout, ShootoutFinalised } from '@gts/contracts';
import { type Clock, type Context, type Id, canonicalJson } from '@gts/kernel';
import type { Stored } from '@gts/persistence';
import { type Outcome, type Publish, done, failed, participant } from '@gts/saga';
import type { FinalisedFacts, RefusedFacts } from '../domain/events';
import { refuse } from '../domain/errors';
import { type FinalTone, type Manifest, blockedModels, buildManifest } from '../domain/manifest';
import { assertWaitsFor, finaliseRun } from '../domain/run';
import type { Shootout, ShootoutId } from '../domain/shootout';
import { openEnrichments } from './enrich';
import type { DITracks, Enrichments, Holders, Manifests, RunNotes, Shootouts } from './ports';

type Deps = Readonly<{
  shootouts: Shootouts;
  tracks: DITracks;
  manifests: Manifests;
  runs: RunNotes;
  holders: Holders;
  enrichments: Enrichments;
  /** Licences that forbid publishing. */
  blockedLicences: ReadonlySet<string>;
  newKey: () => string;
  digest: (text: string) => string;
  clock: Clock;
}>;
type Command = DataOf<typeof FinaliseShootout>;

/** Everything that a run used, by model, each once. */
const modelsOf = (tones: readonly FinalTone[]): Id<'GearModel'>[] => [
  ...new Set(tones.flatMap(({ provenance }) => provenance.map(({ gearModelId }) => gearModelId))),
];

type Written = Readonly<{ shootout: Stored<Shootout>; manifest: Manifest; manifestSha256: string; command: Command }>;
const FRAMES_PER_MS = 48;

function factsOf({ shootout, manifest, manifestSha256, command }: Written): FinalisedFacts {
  const { tones } = manifest;
  return {
    shootoutId: command.shootoutId,
    runId: command.runId,
    manifestVersion: manifest.manifestVersion,
    manifestSha256,
    visibility: shootout.visibility,
    toneIds: tones.map(({ toneId }) => toneId),
    gearModelIds: modelsOf(command.tones),
    ownerId: shootout.ownerId,
    title: shootout.title,
    listenMedia: tones.map(({ toneId, media }) => {
      const { mediaKey: _, ...ref } = media.listen;
      return { toneId, ref };
    }),
    levels: tones.map(({ toneId, integratedLufs }) => ({ toneId, integratedLufs })),
    labels: tones.map(({ label }) => label),
    durationMs: Math.round((tones[0]?.frames ?? 0) / FRAMES_PER_MS),
  };
}

/**
 * A manifest names only files that are there and stay: that was found out before, where files may be touched, and
 * noted with what the run counted. So nobody sees COMPLETED without the counts.
 */
async function assertOutputs({ runs }: Deps, runId: Id<'Run'>, ctx: Context): Promise<void> {
  const outputs = (await runs.find(runId, ctx))?.outputs;
  if (outputs === undefined) throw refuse.OUTPUTS_PENDING(runId);
  if (outputs === 'missing') throw refuse.OUTPUT_MISSING('every tone');
}

async function write(deps: Deps, command: Command, ctx: Context): Promise<FinalisedFacts> {
  const { shootoutId, runId, tones } = command;
  const before = await deps.shootouts(ctx).get(shootoutId);
  assertWaitsFor(before, runId);
  await assertOutputs(deps, runId, ctx);
  // Deleted meanwhile: the run took its sound from it before, so the manifest still tells what it was.
  const track = await deps.tracks(ctx).get(before.diTrackId, { includeDeleted: true });
  const { newKey, digest, clock } = deps;
  const built = buildManifest({ shootoutId, shootout: before, track, results: command, newKey });
  const { manifest, media } = built;
  const canonical = canonicalJson(manifest);
  const manifestSha256 = digest(canonical);
  const { manifestVersion } = manifest;
  await deps.manifests.insert({ shootoutId, manifestVersion, ctx }, { canonical, manifestSha256 }, media);
  // From here on the manifest holds them.
  await deps.holders.letGo(
    runId,
    media.map(({ ref }) => ref),
    ctx,
  );
  await openEnrichments(deps)({ id: shootoutId, shootout: before, runId }, ctx);
  const blockedGearModelIds = blockedModels(tones, deps.blockedLicences);
  const decide = finaliseRun({ runId, manifestVersion, manifestSha256, blockedGearModelIds, now: clock.now() });
  const shootout = await deps.shootouts(ctx).update(shootoutId, decide, (state) => state);
  await deps.runs.note(runId, { step: 'done', endedAt: clock.now() }, ctx);
  return factsOf({ shootout, manifest, manifestSha256, command });
}

/** The event belongs to the shootout: it takes its next number, also when it is told again. */
const publishOutcome =
  (shootouts: Shootouts, idOf: (data: unknown, ctx: Context) => Promise<ShootoutId>): Publish =>
  async ({ event, data }, ctx) => {
    const id = await idOf(data, ctx);
    const told =
      event.type === ShootoutFinalised.type
        ? ({ type: 'Finalised', facts: data as FinalisedFacts } as const)
        : ({ type: 'FinaliseRefused', facts: data as RefusedFacts } as const);
    await shootouts(ctx).update(id, (state) => ({ state, events: [told] }));
  };

/** The pivot of a run: manifest, addresses of the files and COMPLETED in one unit. */
export const finaliseShootout = (deps: Deps, shootoutOf: (runId: Id<'Run'>, ctx: Context) => Promise<ShootoutId>) =>
  participant(FinaliseShootout, {
    do: async ({ data }, ctx): Promise<Outcome> => done(ShootoutFinalised, await write(deps, data, ctx)),
    refused: ({ code }, { data }) => failed(FinaliseRefused, { runId: data.runId, code, retryable: false }),
    publish: publishOutcome(deps.shootouts, async (data, ctx) => {
      const { shootoutId, runId } = data as Partial<FinalisedFacts> & RefusedFacts;
      return shootoutId ?? shootoutOf(runId, ctx);
    }),
  });
