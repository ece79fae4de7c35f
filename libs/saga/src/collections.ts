import type { CollectionDef } from '@gts/persistence';
import { auditRows, fenceRows, opRows, sagaRows, timerRows } from './rows';

/** All that this library keeps in the store of a service. */
export const sagaCollections: readonly CollectionDef[] = [auditRows, fenceRows, opRows, sagaRows, timerRows];
