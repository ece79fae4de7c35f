import { type MatrixCaller, permissionMatrix, type Verdict } from '@gts/auth';
import type { Route } from '../../services/gateway/src/application/route';

/** Everybody who tries: by relation to the workspace of the thing, and the owner through tokens. */
export type CellCaller = 'guest' | 'stranger' | 'owner' | 'admin' | 'readToken' | 'writeToken';

const line = (...[guest, stranger, owner, admin]: readonly [Verdict, Verdict, Verdict, Verdict]) => ({
  guest,
  stranger,
  owner,
  admin,
});
type Line = ReturnType<typeof line>;
const everybody = line('yes', 'yes', 'yes', 'yes');
const signedIn = line(401, 'yes', 'yes', 'yes');
const members = line(404, 404, 'yes', 404);
const uploader = line(401, 404, 'yes', 404);
const operators = line(401, 403, 403, 'yes');
/** An operator who names a saga, message or run that nobody knows. */
const onNothing = line(401, 403, 403, 404);

const sagaVerbs = ['ShowSaga', 'RetrySaga', 'SkipSagaUndo', 'CancelSaga', 'AbortSaga'];
/** Rows of the table that the matrix of `libs/auth` does not name. */
const others: Readonly<Record<string, Line>> = {
  SignInDemo: everybody,
  GetPrincipal: everybody,
  SignOut: signedIn,
  RevokeAllSessions: signedIn,
  CreateApiToken: signedIn,
  ValidateChain: signedIn,
  ListEffects: everybody,
  DescribeUploads: everybody,
  GetUpload: uploader,
  AppendChunk: uploader,
  AbortUpload: uploader,
  GetDITrackByWaveform: members,
  // The media of the unpublished shootout; the published ones are looked at apart.
  ResolveMedia: members,
  // It names an upload of ada's.
  CreateDITrack: uploader,
  FollowEvents: line(404, 404, 'yes', 404),
  ...Object.fromEntries(
    [...sagaVerbs, 'ShowDeadLetter', 'ShowRenderJob', 'CancelRenderByOperator'].map((verb) => [verb, onNothing]),
  ),
};

// These look at the shootout while it is not published.
const unpublished = new Set(['GetPublicShootout', 'GetManifest']);

function lineOf({ operationId, who }: Route): Line {
  if (unpublished.has(operationId)) return members;
  const own = others[operationId];
  if (own) return own;
  if (who === 'A') return operators;
  const row = permissionMatrix.find(({ operations }) => operations.includes(operationId));
  if (row) return pick(row.verdicts);
  if (who === 'G') return everybody;
  throw new Error(`nobody says who may ${operationId}`);
}

const pick = (verdicts: Readonly<Record<MatrixCaller, Verdict>>): Line => {
  const { guest, stranger, owner, admin } = verdicts;
  return { guest, stranger, owner, admin };
};

/** What one cell must answer: `yes`, or the status of the refusal. */
export function verdictOf(route: Route, caller: CellCaller): Verdict {
  if (caller !== 'readToken' && caller !== 'writeToken') return lineOf(route)[caller];
  const held = caller === 'readToken' ? 'read' : 'write';
  return route.scope === held ? lineOf(route).owner : 403;
}
