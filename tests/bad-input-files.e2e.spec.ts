import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wavFile } from '@gts/testing';
import { chain, diTrack, type Person, sha256, signedIn, upload } from './support/people';
import { type Stack, startStack } from './support/stack';

// api.md §5: what concerns recordings, captures and media. Names carry the number of the row.
let stack: Stack;
let ada: Person;
let di: Record<string, unknown>;
let chains: string[];

const RIFF = readFileSync(join(__dirname, '..', 'deploy', 'demo', 'di', 'palm-muted-riff.wav'));

beforeAll(async () => {
  stack = await startStack();
  ada = await signedIn(stack.url, 'ada');
  di = await diTrack(stack.url, ada, new Uint8Array(RIFF));
  chains = [];
  for (let i = 0; i < 16; i += 1) chains.push(await chain(ada, `Chain ${i}`));
}, 180_000);
afterAll(() => stack.stop());

const SECOND = 48_000;
const sine = (frames: number, gain = 0.5) => Float32Array.from({ length: frames }, (_, i) => gain * Math.sin(i / 20));
const sound = (frames: number) => wavFile({ channels: [sine(frames)] });
const judged = async (bytes: Uint8Array) => {
  const { status, rejection } = (await diTrack(stack.url, ada, new Uint8Array(bytes))) as {
    status: string;
    rejection?: { code: string };
  };
  return status === 'READY' ? 'READY' : (rejection?.code ?? '');
};

test.each<[string, () => Uint8Array, RegExp]>([
  ['60: one byte', () => Buffer.from('x'), /^wav\.not_wav$/],
  ['60: 44 random bytes', () => Buffer.alloc(44, 0x5a), /^wav\.not_wav$/],
  ['60: only a header', () => sound(0), /^wav\.no_audio$|^wav\.too_short$/],
  ['61: 65,535 channels', () => wavFile({ channels: [sine(SECOND)], says: { channels: 65_535 } }), /^wav\.channels$/],
  ['61: rate 0', () => wavFile({ channels: [sine(SECOND)], says: { sampleRate: 0 } }), /^wav\.sample_rate$/],
  [
    '62: a list of files',
    () => Buffer.from('ffconcat version 1.0\nfile /etc/passwd\n'),
    /^di\.container_forbidden$|^wav\.not_wav$/,
  ],
  ['62: a zip', () => Buffer.from('PK\u0003\u0004 and more'), /^di\.container_forbidden$|^wav\.not_wav$/],
  [
    '64: NaN',
    () => wavFile({ channels: [sine(SECOND * 2).fill(Number.NaN, 9, 10)], float: true, bits: 32 }),
    /^wav\.non_finite$/,
  ],
  ['64: zeros', () => wavFile({ channels: [new Float32Array(SECOND * 2)] }), /^wav\.silent$/],
  ['64: 0.9 s', () => sound(SECOND * 0.9), /^wav\.too_short$/],
  ['64: 121 s', () => sound(SECOND * 121), /^wav\.too_long$/],
  [
    '64: extensible, 24 bit',
    () => wavFile({ channels: [sine(SECOND * 2, 0.4)], bits: 24, extensible: true }),
    /^READY$/,
  ],
])('%s', async (...[, bytes, expected]) => {
  expect(await judged(bytes())).toMatch(expected);
});

test.each([
  ['27: 16 tones of 30.001 s', 30.001, 16, 15],
  ['27: 9 tones of 60 s', 60, 9, 8],
  ['27: 5 tones of 120 s', 120, 5, 4],
])('%s are above the budget, which is said', async (...[, seconds, tones, most]) => {
  const long = await diTrack(stack.url, ada, new Uint8Array(sound(Math.round(seconds * SECOND))));
  const selections = chains.slice(0, tones).map((signalChainId) => ({ signalChainId }));
  const answer = await ada.post('/shootouts', { title: 'Long', diTrackId: long['id'], selections });
  expect(answer.status).toBe(422);
  const found = (answer.body['errors'] as { code: string; limit?: number }[]).find(
    ({ code }) => code === 'render-budget-exceeded',
  );
  expect(found?.limit).toBe(most);
});

test('59: two parallel chunks at one offset: one wins', async () => {
  const id = await upload(ada, new Uint8Array([1, 2, 3]));
  expect(id).not.toBe('');
  const headers = {
    'tus-resumable': '1.0.0',
    'upload-length': '8',
    'upload-metadata': `filename ${btoa('x')},purpose ${btoa('di')}`,
  };
  const location = (await ada.ask('POST', '/uploads', { headers })).headers.get('location')?.split('/').at(-1) ?? '';
  const patch = () =>
    ada.ask('PATCH', `/uploads/${location}`, {
      body: new Uint8Array([1, 2, 3, 4]),
      headers: { 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    });
  const statuses = (await Promise.all([patch(), patch()])).map(({ status }) => status);
  expect(statuses.toSorted((a, b) => a - b)).toEqual([204, 409]);
});

const staged = async (text: string) => {
  const bytes = new TextEncoder().encode(text);
  await ada.ask('PUT', `/files/${sha256(bytes)}`, { body: bytes });
  return ada.post('/gear', {
    fileSha256: sha256(bytes),
    name: 'Bad',
    gearType: 'amp',
    licenceCode: 'cco',
    declaredRights: true,
  });
};
test.each([
  ['66: no JSON', 'hello', 415, 'nam.not_json'],
  ['66: no weights', '{"version":"0.5.4","architecture":"WaveNet","config":{}}', 422, 'nam.schema'],
  [
    '66: an unknown architecture',
    '{"version":"0.5.4","architecture":"Abacus","config":{},"weights":[1]}',
    422,
    'nam.architecture',
  ],
])('%s', async (...[, text, status, code]) => {
  const answer = await staged(text);
  expect({ status: answer.status, findings: answer.findings }).toEqual({ status, findings: [code] });
});

test('66: another hash, 10 MiB and a byte', async () => {
  expect((await ada.ask('PUT', `/files/${'0'.repeat(64)}`, { body: new Uint8Array([1]) })).status).toBe(460);
  const large = new Uint8Array(10 * 1024 * 1024 + 1);
  expect((await ada.ask('PUT', `/files/${sha256(large)}`, { body: large })).status).toBe(413);
});

test('67: ranges of a recording', async () => {
  const range = (value: string) =>
    ada.ask('GET', `/di-tracks/${String(di['id'])}/audio`, { headers: { range: value } });
  const many = Array.from({ length: 100 }, (_, i) => `${i}-${i}`).join(',');
  const statuses = ['bytes=9999999999-', 'bytes=-0', `bytes=${many}`, 'bytes=a-b', 'bytes=0-9'].map(
    async (each) => (await range(each)).status,
  );
  expect(await Promise.all(statuses)).toEqual([416, 416, 200, 200, 206]);
});
