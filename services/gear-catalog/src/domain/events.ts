import type { Id } from '@gts/kernel';
import type { Architecture, GearType, IrKind, LicenceCode, Scope, Size } from './vocabulary';

type GearFact = Readonly<{
  gearId: Id<'Gear'>;
  gearType: GearType;
  irKind: IrKind | null;
  name: string;
  licenceCode: LicenceCode;
  scope: Scope;
}>;
export type GearEvent =
  (Readonly<{ type: 'GearAdded' | 'GearUpdated' }> & GearFact) | Readonly<{ type: 'GearRemoved'; gearId: Id<'Gear'> }>;

type Named = Readonly<{ gearModelId: Id<'GearModel'>; gearId: Id<'Gear'> }>;
export type GearModelEvent =
  | (Readonly<{ type: 'GearModelAdded'; size: Size; architecture: Architecture }> & Named)
  | (Readonly<{ type: 'GearModelAvailable'; gearType: GearType; irKind: IrKind | null; sha256: string }> & Named)
  | (Readonly<{ type: 'GearModelUnavailable'; code: string }> & Named);
