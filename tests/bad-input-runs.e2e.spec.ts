import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wavFile } from '@gts/testing';
import { eventually } from './support/eventually';
import { demoBlocks, diTrack, type Person, settled, sha256, signedIn, upload } from './support/people';
import { type Stack, startStack } from './support/stack';

// api.md §5: what concerns licences, broken chains, names of files and parts that are away.
let stack: Stack;
let ada: Person;
let di: Record<string, unknown>;
const RIFF = readFileSync(join(__dirname, '..', 'deploy', 'demo', 'di', 'palm-muted-riff.wav'));

beforeAll(async () => {
  stack = await startStack();
  ada = await signedIn(stack.url, 'ada');
  di = await diTrack(stack.url, ada, new Uint8Array(RIFF));
}, 180_000);
afterAll(() => stack.stop());

type Gear = Readonly<{ id: string; model: string }>;
/** A cabinet of ada's own. */
async function cabinet(gain: number, licenceCode: string): Promise<Gear> {
  const bytes = wavFile({ channels: [Float32Array.from({ length: 480 }, (_, i) => (i === 0 ? gain : 0.1 / i))] });
  await ada.ask('PUT', `/files/${sha256(bytes)}`, { body: new Uint8Array(bytes) });
  const about = { name: `Own ${gain}`, gearType: 'ir', irKind: 'cabinet', licenceCode, declaredRights: true };
  const { body } = await ada.post('/gear', { fileSha256: sha256(bytes), ...about });
  return { id: String(body['id']), model: (body['models'] as { id: string }[])[0]?.id ?? '' };
}

async function chainOf({ model }: Gear): Promise<string> {
  const [amp] = await demoBlocks(ada);
  const blocks = [amp, { kind: 'gear', role: 'ir', gearModelId: model }];
  return String((await ada.post('/signal-chains', { name: `Through ${model}`, blocks })).body['id']);
}

async function shootoutOf(chains: readonly string[]): Promise<string> {
  const selections = chains.map((signalChainId) => ({ signalChainId }));
  const { body } = await ada.post('/shootouts', { title: 'A run', diTrackId: di['id'], selections });
  return String(body['id']);
}
const lockOf = async (path: string) => ({
  'if-match': `"${String((await ada.ask('GET', path)).body['version'])}"`,
});

test('34: a chain that broke after the shootout was made is named', async () => {
  const gear = await cabinet(0.9, 'cco');
  const [sound, broken] = [await chainOf(await cabinet(0.8, 'cco')), await chainOf(gear)];
  const id = await shootoutOf([sound, broken]);
  await ada.ask('DELETE', `/gear/${gear.id}`, { headers: await lockOf(`/gear/${gear.id}`) });
  await eventually(
    () => ada.ask('GET', `/signal-chains/${broken}`),
    ({ body }) => body['status'] === 'BROKEN',
  );
  const refused = await eventually(
    () =>
      ada.post('/shootouts', {
        title: 'Late',
        diTrackId: di['id'],
        selections: [sound, broken].map((signalChainId) => ({ signalChainId })),
      }),
    ({ status }) => status !== 201,
    { everyMs: 1000 },
  );
  expect(refused.findings).toEqual(['chain-not-ready']);
  const render = await ada.post(`/shootouts/${id}/render`);
  expect(render).toMatchObject({ status: 409, code: 'SHOOTOUT.CHAIN_NOT_READY' });
  expect(render.body['errors']).toMatchObject([{ code: 'chain-not-ready', pointer: '/selections/1/signalChainId' }]);
});

test('36: what a licence forbids to publish stays private', async () => {
  const chains = [await chainOf(await cabinet(0.7, 'cc-by-nd')), await chainOf(await cabinet(0.6, 'cco'))];
  const id = await shootoutOf(chains);
  await ada.post(`/shootouts/${id}/render`);
  await settled(stack.url, ada, `shootout:${id}`);
  const path = `/shootouts/${id}`;
  const publish = await ada.ask('PUT', `${path}/visibility`, {
    body: { visibility: 'public' },
    headers: await lockOf(path),
  });
  expect(publish).toMatchObject({ status: 409, code: 'SHOOTOUT.LICENCE_FORBIDS_PUBLISHING' });
});

test('65: a file name is never a path or a header', async () => {
  const create = (filename: string) => {
    const name = Buffer.from(filename).toString('base64');
    const headers = {
      'tus-resumable': '1.0.0',
      'upload-length': '8',
      'upload-metadata': `filename ${name},purpose ZGk=`,
    };
    return ada.ask('POST', '/uploads', { headers });
  };
  for (const bad of ['a\0b', 'x'.repeat(300), 'a\r\nset-cookie: x=1'])
    expect(await create(bad)).toMatchObject({ status: 422, code: 'HTTP.VALIDATION_FAILED' });
  const id = await upload(ada, new Uint8Array(RIFF.subarray(0, 1000)), '../../etc/passwd');
  const { body } = await ada.post('/di-tracks', { uploadId: id, name: '../x"\u2028' });
  await settled(stack.url, ada, `di-track:${String(body['id'])}`);
  const named = await ada.ask('PATCH', `/di-tracks/${String(di['id'])}`, {
    body: { name: '../x "y"' },
    headers: await lockOf(`/di-tracks/${String(di['id'])}`),
  });
  expect(named.status).toBe(200);
  const file = await ada.ask('GET', `/di-tracks/${String(di['id'])}/audio?download=1`);
  expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="[A-Za-z0-9_-][A-Za-z0-9._-]*"$/);
});

test('75: without a broker everything is 503 with a hint, within the deadline, and works again with it', async () => {
  const broker = Number(readFileSync(join(stack.dataDir, 'nats', 'pid'), 'utf8'));
  process.kill(broker, 'SIGSTOP');
  const start = performance.now();
  const answer = await ada.ask('GET', '/signal-chains').finally(() => process.kill(broker, 'SIGCONT'));
  expect(performance.now() - start).toBeLessThan(11_000);
  expect(answer.status).toBe(503);
  expect(['HTTP.DEPENDENCY_UNAVAILABLE', 'HTTP.DEADLINE_EXCEEDED']).toContain(answer.code);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  const again = await eventually(
    () => ada.ask('GET', '/signal-chains'),
    ({ status }) => status === 200,
  );
  expect(again.status).toBe(200);
});
