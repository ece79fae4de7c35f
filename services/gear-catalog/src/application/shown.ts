import type { Stored } from '@gts/persistence';
import type { Gear } from '../domain/gear';
import type { GearModel } from '../domain/gear-model';

/** Gear as people see it: with its models and how many chains use each. */
export type ShownGear = Readonly<{
  gear: Stored<Gear>;
  models: readonly Stored<GearModel>[];
  uses: ReadonlyMap<string, number>;
}>;
export type ShownModel = Readonly<{ model: Stored<GearModel>; gear: Stored<Gear>; useCount: number }>;
