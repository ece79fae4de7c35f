import { createHash } from 'node:crypto';
import { isSignedBy, type KeyRing, sign } from '@gts/auth';
import { canonicalJson } from '@gts/kernel';
import { http } from './errors';

const LIFE_MS = 24 * 3_600_000;

/** What a cursor is good for: this route, these filters, this workspace and person. */
export type CursorUse = Readonly<{
  route: string;
  filters: Readonly<Record<string, unknown>>;
  tenantId: string;
  actorId: string;
}>;
type Sealed = Readonly<{ c: string; f: string; e: number }>;

const digest = ({ route, filters, tenantId, actorId }: CursorUse): string =>
  createHash('sha256')
    .update(canonicalJson([route, filters, tenantId, actorId]))
    .digest('base64url')
    .slice(0, 22);

/** Wraps a context's cursor for the way through a client: bound to its use, signed, good for 24 h. */
export function sealCursor(inner: string, use: CursorUse, { keys, nowMs }: { keys: KeyRing; nowMs: number }): string {
  const sealed: Sealed = { c: inner, f: digest(use), e: nowMs + LIFE_MS };
  const text = Buffer.from(JSON.stringify(sealed)).toString('base64url');
  return `${text}.${sign(keys, 'cursor', [text])}`;
}

/** @throws HTTP.CURSOR_INVALID, HTTP.CURSOR_EXPIRED */
export function openCursor(cursor: string, use: CursorUse, { keys, nowMs }: { keys: KeyRing; nowMs: number }): string {
  const [text = '', signature = '', ...more] = cursor.split('.');
  if (more.length > 0 || !isSignedBy(keys, 'cursor', { parts: [text], by: signature })) throw invalid();
  const sealed = JSON.parse(Buffer.from(text, 'base64url').toString()) as Sealed;
  if (sealed.f !== digest(use)) throw invalid();
  if (sealed.e < nowMs) throw http.CURSOR_EXPIRED.with(at, 'the cursor is older than 24 h: begin again without one');
  return sealed.c;
}

const at = {
  details: { errors: [{ code: 'cursor-invalid', parameter: 'cursor', detail: 'begin again without a cursor' }] },
};
const invalid = () => http.CURSOR_INVALID.with(at, 'this cursor does not belong to this list: begin again without one');
