import { createHash, randomUUID } from 'node:crypto';
import { aTone, aWaveNet, type NamArray, namBytes, wavFile, wideShape } from '@gts/testing';
import { eventually } from './eventually';
import { type Headers, type Person, type Reply, upload } from './people';

/** A person who asks again, with the same key, when the stack is away or does not answer in time. */
export function patient(person: Person): Person {
  const ask: Person['ask'] = (method, path, init) =>
    eventually(
      () => person.ask(method, path, init),
      (reply) => reply.status < 500 && reply.status !== 429,
      { everyMs: 1000 },
    );
  const post = (path: string, body: unknown = {}, more: Headers = {}): Promise<Reply> =>
    ask('POST', path, { body, headers: { 'idempotency-key': randomUUID(), ...more } });
  return { headers: person.headers, ask, post };
}

const idOf = ({ status, body, text }: Reply): string => {
  if (status >= 300) throw new Error(`${status}: ${text}`);
  return String(body['id']);
};

/** Small on purpose: a tone of a second takes a moment. */
const tiny: readonly NamArray[] = [{ channels: 2, dilations: [1, 2, 4], kernelSizes: 3, outputs: 1, headBias: true }];
const capture = (seed: number, shape: readonly NamArray[]) => ({ ...aWaveNet(seed, shape), sample_rate: 48_000 });
const anImpulse = (seed: number): Buffer => {
  const samples = Float32Array.from({ length: 960 }, (_, i) => Math.exp(-i / (100 + seed)) * (i % 7 === 0 ? 0.5 : 0.1));
  return wavFile({ channels: [samples], float: true });
};

type Gear = Readonly<{ gearType: 'amp' | 'ir'; name: string; licenceCode: string }>;

async function model(person: Person, bytes: Uint8Array, { gearType, name, licenceCode }: Gear): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const headers = { 'content-type': 'application/octet-stream' };
  await person.ask('PUT', `/files/${sha256}`, { body: bytes, headers });
  const kind = gearType === 'ir' ? { irKind: 'cabinet' } : {};
  const rights = { licenceCode, declaredRights: true };
  const reply = await person.post('/gear', { fileSha256: sha256, name, gearType, ...kind, ...rights });
  idOf(reply);
  return (reply.body['models'] as { id: string }[])[0]?.id ?? '';
}

type ChainOptions = Readonly<{
  name?: string;
  /** Goes into the capture's file. */
  mark?: string;
  shape?: readonly NamArray[];
  /** Of its gear; only what a licence allows is published. */
  licenceCode?: string;
}>;

/** A chain of a tiny capture and an impulse response. @returns its id */
export async function tinyChain(
  person: Person,
  seed: number,
  { name, mark, shape = tiny, licenceCode = 'unknown' }: ChainOptions = {},
): Promise<string> {
  const bytes = namBytes({ ...capture(seed, shape), ...(mark !== undefined && { metadata: { name: mark } }) });
  const amp = await model(person, bytes, { gearType: 'amp', name: `Amp ${seed}`, licenceCode });
  const ir = await model(person, anImpulse(seed), { gearType: 'ir', name: `Cabinet ${seed}`, licenceCode });
  const blocks = [
    { kind: 'gear', role: 'amp', gearModelId: amp },
    { kind: 'gear', role: 'ir', gearModelId: ir },
  ];
  return idOf(await person.post('/signal-chains', { name: name ?? `Chain ${seed}`, blocks }));
}

/** A chain that keeps a worker busy for a good part of the time that its recording lasts. @returns its id */
export const slowChain = (person: Person, seed: number): Promise<string> =>
  tinyChain(person, seed, { shape: wideShape });

/** A recording that nobody made before. */
export const aTake = (frequency: number, seconds = 1.2): Uint8Array =>
  new Uint8Array(wavFile({ channels: [aTone(Math.round(seconds * 48_000), frequency)], bits: 24 }));

export const status = async (person: Person, path: string): Promise<string> =>
  String((await person.ask('GET', path)).body['status']);

/** @returns the id of the recording, which is on its way to inspection */
export async function record(person: Person, bytes: Uint8Array): Promise<string> {
  return idOf(await person.post('/di-tracks', { uploadId: await upload(person, bytes), name: 'Take' }));
}

export async function inspected(person: Person, diTrackId: string): Promise<string> {
  return eventually(
    () => status(person, `/di-tracks/${diTrackId}`),
    (now) => now !== 'INSPECTING',
  );
}

/** @returns the id of a shootout whose render was asked for */
export async function askForRender(person: Person, diTrackId: string, chains: readonly string[]): Promise<string> {
  const selections = chains.map((signalChainId) => ({ signalChainId }));
  const id = idOf(await person.post('/shootouts', { title: 'Crash', diTrackId, visibility: 'public', selections }));
  idOf(await person.post(`/shootouts/${id}/render`));
  return id;
}

export async function rendered(person: Person, shootoutId: string, withinMs = 60_000): Promise<string> {
  return eventually(
    () => status(person, `/shootouts/${shootoutId}`),
    (now) => now === 'COMPLETED' || now === 'FAILED',
    { withinMs },
  );
}
