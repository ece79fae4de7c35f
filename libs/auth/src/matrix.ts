/** Who tries: nobody signed in, somebody of another workspace, its members by role, an administrator from outside. */
export type MatrixCaller = 'guest' | 'stranger' | 'viewer' | 'editor' | 'owner' | 'admin';
/** `yes`, or the status of the refusal: 404 hides the thing, 403 shows it but refuses. */
export type Verdict = 'yes' | 401 | 403 | 404;

export type MatrixRow = Readonly<{
  name: string;
  /** Definitions, by name, that this row rules. */
  operations: readonly string[];
  /** The scope an API token needs beside the role. */
  scope: 'read' | 'write' | 'render' | 'ops' | 'none';
  verdicts: Readonly<Record<MatrixCaller, Verdict>>;
}>;

const order = ['guest', 'stranger', 'viewer', 'editor', 'owner', 'admin'] as const;
type Line = readonly [Verdict, Verdict, Verdict, Verdict, Verdict, Verdict];
const verdicts = (line: Line) =>
  Object.fromEntries(order.map((caller, i) => [caller, line[i]])) as Record<MatrixCaller, Verdict>;

type Rule = Readonly<{ scope: MatrixRow['scope']; operations: readonly string[] }>;
const row = (name: string, line: Line, rule: Rule): MatrixRow => ({ name, ...rule, verdicts: verdicts(line) });

const everybody: Line = ['yes', 'yes', 'yes', 'yes', 'yes', 'yes'];
const signedIn: Line = [401, 'yes', 'yes', 'yes', 'yes', 'yes'];
const members: Line = [404, 404, 'yes', 'yes', 'yes', 404];
const editors: Line = [401, 404, 403, 'yes', 'yes', 404];
/** Where nothing exists yet there is nothing to hide: people act in the workspace they selected. */
const creators: Line = [401, 'yes', 403, 'yes', 'yes', 'yes'];
const lists: Line = [401, 'yes', 'yes', 'yes', 'yes', 'yes'];
const own: Line = [401, 404, 404, 404, 404, 404];
const operators: Line = [401, 403, 403, 403, 403, 'yes'];

const chainWrites = ['UpdateSignalChain', 'DuplicateSignalChain', 'DeleteSignalChain', 'RestoreSignalChain'];
const diWrites = ['UpdateDITrack', 'DeleteDITrack', 'RestoreDITrack'];
const toneWrites = ['AddToneSelection', 'RemoveToneSelection', 'RenameToneSelection', 'ReorderToneSelections'];
const shootoutWrites = ['UpdateShootout', 'SetVisibility', 'DuplicateShootout', 'DeleteShootout', 'RestoreShootout'];
const creating = ['CreateUpload', 'CreateDITrack', 'CreateSignalChain', 'CreateShootout', 'StageFile', 'UploadGear'];

/**
 * The permission matrix of api.md §3 as data; a generated test walks every cell through HTTP. The caller's relation is
 * to the workspace that owns the thing; `others' …` rows name a thing of another person.
 */
export const permissionMatrix: readonly MatrixRow[] = [
  row('published shootout: read', everybody, {
    scope: 'read',
    operations: ['GetPublicShootout', 'GetManifest', 'BrowsePublic'],
  }),
  row('unpublished shootout, run, chains, own DI: read', members, {
    scope: 'read',
    operations: ['GetShootout', 'GetRun', 'GetSignalChain', 'GetDITrack'],
  }),
  row('raw DI audio', members, { scope: 'read', operations: ['GetDIAudio'] }),
  row('own lists', lists, { scope: 'read', operations: ['ListShootouts', 'ListSignalChains', 'ListDITracks'] }),
  row('change, delete, restore those', editors, {
    scope: 'write',
    operations: [...chainWrites, ...diWrites, ...toneWrites, ...shootoutWrites],
  }),
  row('render, cancel', editors, {
    scope: 'render',
    operations: ['RenderShootout', 'CancelRender', 'RetryEnrichment'],
  }),
  row('create in the selected workspace', creators, { scope: 'write', operations: creating }),
  row('gear of the platform: read', everybody, { scope: 'read', operations: ['SearchGear', 'ListGearTags'] }),
  row('gear of a workspace: read', members, { scope: 'read', operations: ['GetGear', 'GetGearModel'] }),
  row('gear of a workspace: write', editors, { scope: 'write', operations: ['UpdateGear', 'DeleteGear'] }),
  row('own account', signedIn, {
    scope: 'read',
    operations: ['GetMe', 'ListSessions', 'ListTenants', 'ListApiTokens'],
  }),
  row("others' sessions, tokens", own, { scope: 'write', operations: ['RevokeSession', 'RevokeApiToken'] }),
  row('operating', operators, {
    scope: 'ops',
    operations: [
      'ListDeadLetters',
      'RedriveDeadLetters',
      'DiscardDeadLetters',
      'ListOutbox',
      'ListSagas',
      'ListRenderJobs',
    ],
  }),
];
