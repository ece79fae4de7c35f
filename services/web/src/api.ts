type MediaFile = Readonly<{ mediaKey: string }>;
export type Summary = Readonly<{ id: string; title: string; tones: readonly string[]; durationMs: number }>;
export type Tone = Readonly<{
  toneId: string;
  position: number;
  label: string;
  provenance: readonly Readonly<{ role: string; displayName: string; licence: string }>[];
  media: Readonly<{ listen: MediaFile; download: MediaFile }>;
  frames: number;
  integratedLufs: number;
  truePeakDbtp: number;
  gainDb: number;
}>;
export type Shootout = Readonly<{
  id: string;
  manifestVersion: number;
  title: string;
  description?: string;
  di: Readonly<{ name: string }>;
  tones: readonly Tone[];
  levelling: Readonly<{ targetLufs: number }>;
}>;

/** The API answered with a status that is no success. */
export class Refused extends Error {
  constructor(readonly status: number) {
    super(`status ${status}`);
  }
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(`/api/v1${path}`);
  if (!response.ok) throw new Refused(response.status);
  return (await response.json()) as T;
}

export const browse = (cursor?: string): Promise<{ items: readonly Summary[]; next: string | null }> =>
  get(`/public/shootouts${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`);
export const shootout = (id: string): Promise<Shootout> => get(`/public/shootouts/${encodeURIComponent(id)}`);
export const mediaUrl = (file: MediaFile): string => `/api/v1/media/${file.mediaKey}`;
export const manifestUrl = ({ id, manifestVersion }: Shootout): string =>
  `/api/v1/public/shootouts/${id}/manifests/${manifestVersion}`;
