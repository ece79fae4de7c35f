import {
  GearAdded,
  GearModelAdded,
  GearModelAvailable,
  GearModelUnavailable,
  GearRemoved,
  GearUpdated,
} from '@gts/contracts';
import { outgoing, type Outgoing } from '@gts/messaging';
import type { GearEvent, GearModelEvent } from '../domain/events';

export function fromGear(event: GearEvent): readonly Outgoing[] {
  if (event.type === 'GearRemoved') return [outgoing(GearRemoved, { gearId: event.gearId })];
  const { type, irKind, ...fact } = event;
  const data = { ...fact, ...(irKind && { irKind }) };
  return [outgoing(type === 'GearAdded' ? GearAdded : GearUpdated, data)];
}

export function fromGearModel(event: GearModelEvent): readonly Outgoing[] {
  switch (event.type) {
    case 'GearModelAdded': {
      const { type: _, ...data } = event;
      return [outgoing(GearModelAdded, data)];
    }
    case 'GearModelAvailable': {
      const { type: _, irKind, ...data } = event;
      return [outgoing(GearModelAvailable, { ...data, ...(irKind && { irKind }) })];
    }
    case 'GearModelUnavailable': {
      const { type: _, ...data } = event;
      return [outgoing(GearModelUnavailable, data)];
    }
  }
}
