const COMBINING = /\p{M}/gu;

/** Text as it may stand in an address: lower-case letters, digits and hyphens. */
export function slugOf(text: string): string {
  const plain = text.normalize('NFKD').replace(COMBINING, '').toLowerCase();
  const slug = plain.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return slug.slice(0, 80).replace(/-+$/, '') || 'gear';
}

/** The n-th choice for a slug: `plexi`, `plexi-2`, `plexi-3`. */
export const slugChoice = (slug: string, n: number): string => (n <= 1 ? slug : `${slug}-${n}`);
