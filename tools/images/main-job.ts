// The main job through the public API of a stack, asked patiently: parts of it are killed meanwhile.
import { z } from 'zod';
import { type ApiClient, signIn, until } from '../lib/api.mjs';

const RATE = 48_000;
/** Long enough that a render is still under way when something is done to it. */
const SECONDS = 20;
const named = z.looseObject({ id: z.string(), status: z.string() });
const page = z.looseObject({ items: z.array(named.extend({ title: z.string().optional() })) });
const PATIENCE = { everyMs: 250, withinMs: 240_000 };

/** Asks again while the stack is away. */
const patiently = <T>(ask: () => Promise<T>): Promise<T> =>
  until(
    () => ask().catch(() => undefined),
    (value) => value !== undefined,
    PATIENCE,
  ) as Promise<T>;

/** A 16-bit mono recording of a tone that decays, as nobody made one before. */
export function recording(frequency: number, seconds: number): Uint8Array {
  const frames = Math.round(seconds * RATE);
  const wav = Buffer.alloc(44 + 2 * frames);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + 2 * frames, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(2 * RATE, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(2 * frames, 40);
  for (let i = 0; i < frames; i++)
    wav.writeInt16LE(
      Math.round(12_000 * Math.sin((2 * Math.PI * frequency * i) / RATE) * Math.exp(-(i % RATE) / RATE)),
      44 + 2 * i,
    );
  return wav;
}

type Job = Readonly<{
  id: string;
  untilRendering: () => Promise<void>;
  hasEnded: () => Promise<boolean>;
  untilEnded: () => Promise<string>;
}>;

async function readyRecording(api: ApiClient, frequency: number): Promise<string> {
  const made = named.parse(await api.createDI(recording(frequency, SECONDS), { name: `Tone of ${frequency} Hz` }));
  const done = await until(
    async () => named.parse(await api.get(`/di-tracks/${made.id}`)),
    ({ status }) => status === 'READY',
    PATIENCE,
  );
  return done.id;
}

/** Puts a new recording through all chains of the demo pack. */
export async function startJob(address: string, frequency: number): Promise<Job> {
  const api = await signIn(address, 'ben');
  const diTrackId = await readyRecording(api, frequency);
  const chains = page.parse(await api.get('/signal-chains?limit=100')).items;
  const selections = chains.map(({ id }) => ({ signalChainId: id }));
  const title = `Tone of ${frequency} Hz`;
  const { id } = named.parse(await api.post('/shootouts', { title, diTrackId, visibility: 'private', selections }));
  await api.post(`/shootouts/${id}/render`);
  const status = async () => named.parse(await patiently(() => api.get(`/shootouts/${id}`))).status;
  const ended = (each: string) => ['COMPLETED', 'FAILED'].includes(each);
  return {
    id,
    untilRendering: async () => {
      const run = z.looseObject({ percent: z.number().optional() });
      const done = async () => run.parse((await patiently(() => api.get(`/shootouts/${id}/run`))) ?? {}).percent ?? 0;
      await until(done, (percent) => percent > 0, { everyMs: 50, withinMs: 60_000 });
    },
    hasEnded: async () => ended(await status()),
    untilEnded: () => until(status, ended, PATIENCE),
  };
}

function hashesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === 'sha256' && typeof each === 'string' ? [each] : hashesIn(each),
  );
}

/** Content hashes of everything that the tones of the demo shootout are made of, sorted. */
export async function demoHashes(address: string): Promise<readonly string[]> {
  const api = await signIn(address, 'ben');
  const { items } = page.parse(await api.get('/shootouts?limit=100'));
  const demo = items.find(({ title, status }) => title === 'Four rigs, one riff' && status === 'COMPLETED');
  if (!demo) throw new Error('there is no finished demo shootout');
  const { tones } = z
    .looseObject({ tones: z.array(z.unknown()).min(1) })
    .parse(await api.get(`/public/shootouts/${demo.id}/manifests/1`));
  return [...new Set(hashesIn(tones))].toSorted();
}
