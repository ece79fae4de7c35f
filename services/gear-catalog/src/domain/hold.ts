import type { Id, Instant } from '@gts/kernel';
import { refuse } from './errors';
import type { Gear } from './gear';
import type { GearModel } from './gear-model';

/** Promise that the bytes of some models stay: for one run (HELD), or as long as its manifest lives (PINNED). */
export type GearHold = Readonly<{
  gearModelIds: readonly Id<'GearModel'>[];
  state: 'HELD' | 'PINNED' | 'RELEASED';
  expiresAt: Instant;
}>;

/** Why a model cannot be held, as a code; nothing when it can. */
export function obstacle(model: GearModel | undefined, gear: Gear | undefined): string | undefined {
  if (!model || !gear) return refuse.GEAR_MODEL_UNKNOWN.code;
  if (gear.availability === 'WITHDRAWN') return refuse.GEAR_WITHDRAWN.code;
  if (model.status === 'REJECTED') return refuse.MODEL_REJECTED.code;
  return model.status === 'AVAILABLE' && model.file ? undefined : refuse.MODEL_UNAVAILABLE.code;
}

/** A pinned hold is never let go by a run: its manifest needs the bytes. */
export const release = (hold: GearHold): GearHold => (hold.state === 'PINNED' ? hold : { ...hold, state: 'RELEASED' });
