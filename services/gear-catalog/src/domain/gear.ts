import type { Decision, Id } from '@gts/kernel';
import { refuse } from './errors';
import type { GearEvent } from './events';
import type { Format, GearType, IrKind, LicenceCode, Scope } from './vocabulary';

export type Licence = Readonly<{
  code: LicenceCode;
  raw: string;
  attribution?: string | undefined;
  url?: string | undefined;
}>;
export type Label = Readonly<{ id: Id<'GearTag'>; name: string; slug: string }>;

export type Gear = Readonly<{
  scope: Scope;
  name: string;
  slug: string;
  gearType: GearType;
  irKind: IrKind | null;
  format: Format;
  description: string | null;
  make: Label | null;
  tags: readonly Label[];
  licence: Licence;
  source: Readonly<{ name: 'upload' | 'demo'; recordId: string; url: string | null }>;
  /** `<source>:<record>`: what came from a source comes once. */
  sourceKey: string;
  availability: 'AVAILABLE' | 'WITHDRAWN';
}>;
type Decided = Decision<Gear, GearEvent>;

/** What a kind of gear is made of: impulse responses are WAV files, everything else is a capture. */
export const formatOf = (gearType: GearType): Format => (gearType === 'ir' ? 'ir' : 'nam');

/** An impulse response says of what; other gear has no such kind. @throws GEAR.GEAR_INVALID */
export function irKindOf(gearType: GearType, irKind: IrKind | undefined): IrKind | null {
  if (gearType === 'ir') return irKind ?? 'cabinet';
  if (irKind === undefined) return null;
  const detail = `irKind is for impulse responses, not for ${gearType}`;
  throw refuse.GEAR_INVALID.with(
    { details: { errors: [{ code: 'out-of-range', pointer: '/irKind', detail }] } },
    detail,
  );
}

const fact = (gearId: Id<'Gear'>, { gearType, irKind, name, licence, scope }: Gear) => ({
  gearId,
  gearType,
  irKind,
  name,
  licenceCode: licence.code,
  scope,
});

export const addGear = (gearId: Id<'Gear'>, gear: Gear): Decided => ({
  state: gear,
  events: [{ type: 'GearAdded', ...fact(gearId, gear) }],
});

export type GearChange = Readonly<{
  name?: string | undefined;
  description?: string | null | undefined;
  make?: Label | null | undefined;
  tags?: readonly Label[] | undefined;
  licence?: Licence | undefined;
}>;

const present = (change: GearChange): Partial<Gear> =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

/** Workspaces change their own gear only. */
export function assertOwn(gear: Gear): void {
  if (gear.scope === 'PLATFORM') throw refuse.GEAR_READ_ONLY();
}

export const changeGear =
  (gearId: Id<'Gear'>, change: GearChange) =>
  (gear: Gear): Decided => {
    assertOwn(gear);
    const state = { ...gear, ...present(change) };
    return { state, events: [{ type: 'GearUpdated', ...fact(gearId, state) }] };
  };

export const removeGear =
  (gearId: Id<'Gear'>) =>
  (gear: Gear): readonly GearEvent[] => {
    assertOwn(gear);
    return [{ type: 'GearRemoved', gearId }];
  };
