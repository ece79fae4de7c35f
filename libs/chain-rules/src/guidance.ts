import { MOST_BLOCKS, type Role } from './blocks';
import { grammarFindings } from './grammar';

/** What may come next, and whether the chain is whole already. */
export type Guidance = Readonly<{ next: readonly Role[]; complete: boolean }>;

/**
 * What a builder offers after these roles.
 * @returns nothing when no chain begins like this
 */
export function guidance(roles: readonly Role[]): Guidance | undefined {
  const room = roles.length < MOST_BLOCKS;
  const offer = (next: readonly Role[], complete: boolean): Guidance => ({ next: room ? next : [], complete });
  if (roles.every((role) => role === 'pedal')) return offer(['pedal', 'amp', 'full_rig'], false);
  if (grammarFindings(roles).length === 0) return offer(['post_effect'], true);
  const awaitsCab = roles.at(-1) === 'amp' && grammarFindings([...roles, 'ir']).length === 0;
  return awaitsCab ? offer(['ir'], false) : undefined;
}
