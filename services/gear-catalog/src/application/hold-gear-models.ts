import {
  type DataOf,
  GearModelsHeld,
  GearModelsHoldRefused,
  GearModelsReleased,
  HoldGearModels,
  ReleaseGearModels,
  type ShootoutFinalised,
} from '@gts/contracts';
import { type Context, durationMs, type Id, instantOf } from '@gts/kernel';
import type { MessageOf } from '@gts/messaging';
import { done, failed, type Outcome, participant } from '@gts/saga';
import { obstacle, release } from '../domain/hold';
import type { Deps } from './ports';
import type { ShownModel } from './shown';
import { findModel } from './visible';

const KEPT = durationMs('2h');

type Looked = Readonly<{ gearModelId: Id<'GearModel'>; shown: ShownModel | undefined; code: string | undefined }>;

async function lookUp(deps: Deps, ctx: Context, gearModelIds: readonly Id<'GearModel'>[]): Promise<readonly Looked[]> {
  const looked = [];
  for (const gearModelId of new Set(gearModelIds)) {
    const shown = await findModel(deps, ctx, gearModelId);
    looked.push({ gearModelId, shown, code: obstacle(shown?.model, shown?.gear) });
  }
  return looked;
}

const held = ({ gearModelId, shown }: Looked) => {
  if (!shown?.model.file) return [];
  const { gear, model } = shown;
  return [
    {
      gearModelId,
      kind: gear.format,
      file: shown.model.file,
      licence: gear.licence.code,
      attribution: gear.licence.attribution ?? null,
      displayName: model.name === gear.name ? gear.name : `${gear.name}, ${model.name}`,
      gearType: gear.gearType,
      format: gear.format,
    },
  ];
};

const refusal = (runId: Id<'Run'>, code: string, errors: DataOf<typeof GearModelsHoldRefused>['errors']): Outcome =>
  failed(GearModelsHoldRefused, { runId, code, retryable: false, errors });

/** Holds every model or none; the answer names each that cannot be had. */
const holdGearModels =
  (deps: Deps) =>
  async ({ runId, gearModelIds }: DataOf<typeof HoldGearModels>, ctx: Context): Promise<Outcome> => {
    const looked = await lookUp(deps, ctx, gearModelIds);
    const errors = looked.flatMap(({ gearModelId, code }) => (code === undefined ? [] : [{ gearModelId, code }]));
    if (errors[0]) return refusal(runId, errors[0].code, errors);
    const expiresAt = instantOf(deps.clock.epochMs() + KEPT);
    await deps.holds.put(ctx, runId, { gearModelIds, state: 'HELD', expiresAt });
    return done(GearModelsHeld, { runId, models: looked.flatMap(held) });
  };

const releaseGearModels =
  ({ holds }: Deps) =>
  async ({ runId }: DataOf<typeof ReleaseGearModels>, ctx: Context): Promise<Outcome> => {
    const hold = await holds.find(ctx, runId);
    if (hold) await holds.put(ctx, runId, release(hold));
    return done(GearModelsReleased, { runId });
  };

/** How this context takes part in rendering. */
export const holdStep = (deps: Deps) =>
  participant(HoldGearModels, {
    do: (command, ctx) => holdGearModels(deps)(command.data, ctx),
    refused: ({ code }, { data }) => refusal(data.runId, code, []),
    undo: ReleaseGearModels,
    undoDo: (command, ctx) => releaseGearModels(deps)(command.data, ctx),
  });

/** The manifest is written: what it plays must stay as long as it lives. */
export const pinGearModels =
  ({ holds, clock }: Deps) =>
  async ({ data }: MessageOf<typeof ShootoutFinalised>, ctx: Context): Promise<void> => {
    const hold = await holds.find(ctx, data.runId);
    const gearModelIds = hold?.gearModelIds ?? data.gearModelIds;
    await holds.put(ctx, data.runId, { gearModelIds, state: 'PINNED', expiresAt: clock.now() });
  };
