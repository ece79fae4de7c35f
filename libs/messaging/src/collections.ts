import type { CollectionDef } from '@gts/persistence';
import { attemptRows, deadLetterRows, gateRows } from './consumer/rows';
import { auditRows } from './operator/dead-letters';
import { republications } from './operator/republisher';
import { reconciliationRows } from './reconcile/rows';
import { streamRows } from './stream-watch';

/** All that this library keeps in the store of a service. */
export const messagingCollections: readonly CollectionDef[] = [
  attemptRows,
  auditRows,
  deadLetterRows,
  gateRows,
  reconciliationRows,
  republications,
  streamRows,
];
