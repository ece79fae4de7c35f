import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { wavFile } from '@gts/testing';
import { routes } from '../services/gateway/src/application';
import type { Route } from '../services/gateway/src/application/route';
import { type CellCaller, verdictOf } from './support/permission-cells';
import { chain, diTrack, type Person, personWith, settled, sha256, signedIn, withToken } from './support/people';
import { patient } from './support/main-job';
import { type Stack, startStack } from './support/stack';

// Every route of the table × every caller, against things of ada's workspace (api.md §3).
let stack: Stack;
let people: Record<CellCaller, Person>;
let things: Record<string, string>;

const DI = readFileSync(join(__dirname, '..', 'deploy', 'demo', 'di', 'palm-muted-riff.wav'));
const IR = wavFile({ channels: [Float32Array.from({ length: 480 }, (_, i) => (i === 0 ? 0.9 : 0.1 / i))] });
const tus = { 'tus-resumable': '1.0.0' };

async function gearOf(person: Person): Promise<Record<string, string>> {
  const hash = sha256(IR);
  await person.ask('PUT', `/files/${hash}`, { body: new Uint8Array(IR) });
  const licence = { licenceCode: 'cco', declaredRights: true };
  const { body } = await person.post('/gear', {
    fileSha256: hash,
    name: 'Own',
    gearType: 'ir',
    irKind: 'cabinet',
    ...licence,
  });
  return { gear: String(body['id']), model: (body['models'] as { id: string }[])[0]?.id ?? '', file: hash };
}

/** @returns the id of an upload that waits for ten bytes */
async function opened(person: Person): Promise<string> {
  const metadata = `filename ${btoa('x.wav')},purpose ${btoa('di')}`;
  const headers = { ...tus, 'upload-length': '10', 'upload-metadata': metadata };
  const { headers: answered } = await person.ask('POST', '/uploads', { headers });
  return answered.get('location')?.split('/').at(-1) ?? '';
}

/** A finished, unpublished shootout of two chains over one recording, and one of everything else. */
async function thingsOf(person: Person): Promise<Record<string, string>> {
  const di = String((await diTrack(stack.url, person, DI))['id']);
  const [one, two] = [await chain(person, 'One'), await chain(person, 'Two')];
  const selections = [{ signalChainId: one }, { signalChainId: two }];
  const { body } = await person.post('/shootouts', { title: 'Mine', diTrackId: di, selections });
  const shootout = String(body['id']);
  await person.post(`/shootouts/${shootout}/render`);
  await settled(stack.url, person, `shootout:${shootout}`);
  const page = (await person.ask('GET', `/public/shootouts/${shootout}`)).body;
  const tone = (page['tones'] as { toneId: string; media: { listen: { mediaKey: string } } }[])[0];
  const upload = await opened(person);
  return {
    ...(await gearOf(person)),
    di,
    chain: one,
    shootout,
    upload,
    tone: tone?.toneId ?? '',
    media: tone?.media.listen.mediaKey ?? '',
  };
}

beforeAll(async () => {
  stack = await startStack();
  const owner = await signedIn(stack.url, 'ada');
  people = {
    guest: personWith(stack.url, { origin: stack.url }),
    stranger: await signedIn(stack.url, 'ben'),
    owner,
    admin: await signedIn(stack.url, 'cleo'),
    readToken: await withToken(stack.url, owner, ['read']),
    writeToken: await withToken(stack.url, owner, ['write']),
  };
  things = await thingsOf(owner);
}, 180_000);
afterAll(() => stack.stop());

const kinds: readonly (readonly [RegExp, string])[] = [
  [/^\/di-tracks/, 'di'],
  [/^\/signal-chains/, 'chain'],
  [/^\/(?:public\/)?shootouts/, 'shootout'],
  [/^\/uploads/, 'upload'],
  [/^\/gear-models/, 'model'],
];

/** The path with ada's things in the place of names. */
function pathOf(route: Route): string {
  const kind = kinds.find(([pattern]) => pattern.test(route.path))?.[1] ?? '';
  const named: Record<string, string | undefined> = {
    id: things[kind],
    idOrSlug: things['gear'],
    selectionId: things['tone'],
    key: route.path.startsWith('/media') ? things['media'] : undefined,
    v: '1',
    sha256: things['file'],
  };
  const valueOf = (name: string) => named[name] ?? route.example.params?.[name] ?? '';
  return route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(valueOf(name)));
}

/** Changes nothing where it is allowed: a lock that no version has, an example that names others' things. */
function requestOf(route: Route) {
  const streams =
    route.takes === 'stream' ? { body: route.path.startsWith('/files') ? new Uint8Array(IR) : new Uint8Array(10) } : {};
  const body = route.takes === 'json' ? { body: bodyOf(route) } : streams;
  return {
    ...body,
    headers: {
      ...(route.idempotent ? { 'idempotency-key': randomUUID() } : {}),
      ...(route.lock ? { 'if-match': '"999999"' } : {}),
      ...(route.path.startsWith('/uploads') ? { ...tus, 'upload-length': '10', 'upload-offset': '0' } : {}),
      ...(route.operationId === 'AppendChunk' ? { 'content-type': 'application/offset+octet-stream' } : {}),
    },
  };
}

const bodyOf = ({ operationId, example }: Route): unknown =>
  operationId === 'CreateDITrack' ? { uploadId: things['upload'], name: 'Riff' } : (example.body ?? {});

async function outcome(route: Route, person: Person): Promise<string> {
  const query = route.operationId === 'FollowEvents' ? `?topics=shootout:${things['shootout'] ?? ''}` : '';
  const path = pathOf(route) + query;
  if (query !== '') return streamOutcome(path, person);
  // Several hundred requests of few people in some seconds: who asks too often is told when to ask again.
  const { status } = await patient(person).ask(route.method, path, requestOf(route));
  return [401, 403, 404].includes(status) ? String(status) : status < 500 ? 'yes' : `failed with ${status}`;
}

async function streamOutcome(path: string, { headers }: Person): Promise<string> {
  const response = await fetch(`${stack.url}/api/v1${path}`, { headers });
  await response.body?.cancel();
  return response.ok ? 'yes' : String(response.status);
}

/** These take the session of their caller away: each cell signs in anew. */
const ending = new Set(['SignOut', 'RevokeAllSessions']);
const personas: Partial<Record<CellCaller, string>> = { stranger: 'ben', owner: 'ada', admin: 'cleo' };
const personFor = async ({ operationId }: Route, caller: CellCaller): Promise<Person> => {
  const persona = personas[caller];
  return persona && ending.has(operationId) ? signedIn(stack.url, persona) : people[caller];
};

const isLast = ({ operationId }: Route): boolean => ending.has(operationId) || operationId === 'AbortUpload';
const ordered = [
  ...routes.filter((each) => !isLast(each)),
  ...routes.filter(({ operationId }) => operationId === 'AbortUpload'),
];
// The owner aborts last: afterwards nobody finds the upload.
const fromOutside: readonly CellCaller[] = ['guest', 'stranger', 'admin', 'readToken', 'owner', 'writeToken'];
const cells = [...ordered, ...routes.filter(({ operationId }) => ending.has(operationId))].flatMap((route) =>
  fromOutside.map((caller) => [caller, route.operationId, route] as const),
);

test.each(cells)('%s: %s', async (caller, _, route) => {
  if (route.operationId === 'AbortUpload') things = { ...things, upload: await opened(people.owner) };
  const found = await outcome(route, await personFor(route, caller));
  expect(found).toBe(String(verdictOf(route, caller)));
});

test('68: what is published is there for everybody, a moment later private again for nobody', async () => {
  const owner = patient(await signedIn(stack.url, 'ada'));
  const reads = [
    `/public/shootouts/${things['shootout']}`,
    `/public/shootouts/${things['shootout']}/manifests/1`,
    `/media/${things['media']}`,
  ];
  const statuses = () => Promise.all(reads.map(async (path) => (await patient(people.guest).ask('GET', path)).status));
  const show = async (visibility: string) => {
    const { version } = (await owner.ask('GET', `/shootouts/${things['shootout']}`)).body;
    return (
      await owner.ask('PUT', `/shootouts/${things['shootout']}/visibility`, {
        body: { visibility },
        headers: { 'if-match': `"${String(version)}"` },
      })
    ).status;
  };
  expect([await show('public'), ...(await statuses())]).toEqual([200, 200, 200, 200]);
  expect([await show('private'), ...(await statuses())]).toEqual([200, 404, 404, 404]);
});
