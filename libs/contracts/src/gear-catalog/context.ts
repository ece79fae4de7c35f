import { z } from 'zod';
import { context } from '../define';
import { id } from '../schemas';

export const gearCatalog = context('gear-catalog');

export const gearId = id('Gear');
export const gearModelId = id('GearModel');
export const runId = id('Run');
export const GEAR = 'Gear';
export const MODEL = 'GearModel';
export const HOLD = 'GearHold';
export const minEventSeq = z.int().min(0).optional();
export const empty = z.strictObject({});
