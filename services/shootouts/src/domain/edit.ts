import { type DIFacts, assertNone, diFindings } from './findings';
import { type Shootout, type ShootoutDecision, type ShootoutId, assertEditable } from './shootout';

type Fields = Pick<Shootout, 'title' | 'description' | 'diTrackId' | 'excerpt' | 'inputGainDb' | 'montageWindowMs'>;
/** Absent keeps, null clears. */
export type ShootoutChange = { readonly [K in keyof Fields]?: Fields[K] | null | undefined };

const merge = (shootout: Shootout, change: ShootoutChange): Shootout => {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  const merged = Object.entries({ ...shootout, ...Object.fromEntries(given) }).filter(([, value]) => value !== null);
  return Object.fromEntries(merged) as Shootout;
};

/** `di` is the recording after the change; it is judged only where the change touches what it allows. */
export const updateShootout =
  (shootoutId: ShootoutId, change: ShootoutChange, di: DIFacts | undefined) =>
  (shootout: Shootout): ShootoutDecision => {
    assertEditable(shootout);
    const state = merge(shootout, change);
    if (change.diTrackId !== undefined || change.excerpt !== undefined) assertNone(diFindings(state, di));
    return { state, events: [{ type: 'Updated', shootoutId }] };
  };
