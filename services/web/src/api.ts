type MediaFile = Readonly<{ mediaKey: string }>;
export type Summary = Readonly<{ id: string; title: string; tones: readonly string[]; durationMs: number }>;
export type Tone = Readonly<{
  toneId: string;
  position: number;
  label: string;
  provenance: readonly Readonly<{ role: string; displayName: string; licence: string }>[];
  media: Readonly<{ listen: MediaFile; download: MediaFile; data?: MediaFile }>;
  frames: number;
  integratedLufs: number;
  truePeakDbtp: number;
  gainDb: number;
  text?: string;
}>;
export type Kind = 'montage' | 'video' | 'picture';
/** What a `tone.json` says of the sound; null where silence or a steady sound has no such number. */
export type Metrics = Readonly<
  Record<
    | 'crestDb'
    | 'dynamicRangeDb'
    | 'centroidHz'
    | 'bassShare'
    | 'midShare'
    | 'trebleShare'
    | 'transientsPerSecond'
    | 'attackMs'
    | 'decayDbPerSecond'
    | 'onsetMs',
    number | null
  >
>;
export type Enrichment = Readonly<{
  kind: Kind;
  status: 'PENDING' | 'READY' | 'FAILED';
  media?: MediaFile;
  chapters?: readonly Readonly<{ label: string; startMs: number }>[];
}>;
export type Shootout = Readonly<{
  id: string;
  manifestVersion: number;
  title: string;
  description?: string;
  di: Readonly<{ name: string }>;
  tones: readonly Tone[];
  levelling: Readonly<{ targetLufs: number }>;
  enrichments?: readonly Enrichment[];
}>;

/** The API answered with a status that is no success. */
export class Refused extends Error {
  constructor(readonly status: number) {
    super(`status ${status}`);
  }
}

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`/api/v1${path}`, init);
  if (!response.ok) throw new Refused(response.status);
  return response;
}
const get = async <T>(path: string): Promise<T> => (await send(path)).json() as Promise<T>;

export const browse = (cursor?: string): Promise<{ items: readonly Summary[]; next: string | null }> =>
  get(`/public/shootouts${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`);
export const shootout = (id: string): Promise<Shootout> => get(`/public/shootouts/${encodeURIComponent(id)}`);
export const downloadUrl = (file: MediaFile): string => `/api/v1/media/${file.mediaKey}?download=1`;
export const metricsOf = async (file: MediaFile): Promise<Metrics> =>
  (await get<{ metrics: Metrics }>(`/media/${file.mediaKey}`)).metrics;

type Session = Readonly<{ user: unknown; csrfToken: string | null }>;
/** @throws Refused where nobody is signed in, or somebody who may not */
export async function retryEnrichment(id: string, kind: Kind): Promise<void> {
  const { user, csrfToken } = await get<Session>('/session');
  if (!user) throw new Refused(401);
  const headers = { 'x-csrf-token': csrfToken ?? '' };
  await send(`/shootouts/${encodeURIComponent(id)}/enrichments/${kind}/retry`, { method: 'POST', headers });
}

type Told = Readonly<{
  /** Something may have changed: read the page again. */
  changed: () => void;
  /** For members of its workspace only. */
  progress: (kind: string, percent: number) => void;
}>;
/** Follows what is made beside a shootout. @returns how to stop */
export function followEnrichments(id: string, { changed, progress }: Told): () => void {
  const events = new EventSource(`/api/v1/events?topics=shootout:${encodeURIComponent(id)}`);
  // The first word says how it was when the stream began: nothing is missed between page and stream.
  for (const name of ['snapshot', 'resync', 'enrichment.changed']) events.addEventListener(name, changed);
  events.addEventListener('run.progress', ({ data }: MessageEvent<string>) => {
    const { stage, percent } = JSON.parse(data) as { stage: string; percent: number };
    progress(stage, percent);
  });
  events.addEventListener('gone', () => events.close());
  return () => events.close();
}
export const mediaUrl = (file: MediaFile): string => `/api/v1/media/${file.mediaKey}`;
export const manifestUrl = ({ id, manifestVersion }: Shootout): string =>
  `/api/v1/public/shootouts/${id}/manifests/${manifestVersion}`;
