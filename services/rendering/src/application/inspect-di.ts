import { inputFault } from '@gts/artefacts';
import { type DataOf, type DIInspected, type InspectDI } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import type { MessageOf } from '@gts/messaging';
import { conclude, type Verdict } from '../domain/inspection';
import type { AudioDecoder, Encoder, Files, InspectedAudio, Inspections, RenderCache } from './ports';
import { refusalOf } from './refusal';

type Deps = Readonly<{
  inspections: Inspections;
  decoder: AudioDecoder;
  encoder: Encoder;
  files: Files;
  cache: Pick<RenderCache, 'keepValue'>;
  /** Longest time one recording may take. */
  timeoutMs: number;
}>;
type Message = MessageOf<typeof InspectDI>;
type Inspected = DataOf<typeof DIInspected>;

/** Stages 1 to 3 of an upload, its levels, picture and playback file; refusals are answers, faults are thrown. */
export const inspectDi = ({ inspections, ...deps }: Deps) => ({
  prepare: async ({ data }: Message): Promise<Verdict> => {
    try {
      return { status: 'inspected', outcome: await inspected(deps, data) };
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      return { status: 'rejected', code: refusal.code, detail: refusal.detail ?? '' };
    }
  },
  apply: async ({ data }: Message, ctx: Context, verdict: Verdict): Promise<void> => {
    const decide = () => conclude(data.diTrackId, data.whole.sha256, verdict);
    const known = await inspections(ctx).find(data.diTrackId);
    await (known ? inspections(ctx).update(data.diTrackId, decide) : inspections(ctx).create(data.diTrackId, decide));
  },
});

async function inspected(
  { decoder, encoder, files, cache, timeoutMs }: Omit<Deps, 'inspections'>,
  { diTrackId, whole, channel }: DataOf<typeof InspectDI>,
): Promise<Inspected> {
  const bytes = await files.read(whole.sha256);
  if (!bytes) throw inputFault.missing(whole.sha256);
  const run = { signal: AbortSignal.timeout(timeoutMs) };
  const claim = { mediaType: whole.mediaType, ...(channel && { channel }) };
  const found = await decoder.inspect(bytes, claim, run);
  const { samples } = found.pcm;
  const frames = samples.length;
  const audio = await files.put(
    new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength),
    'audio/x-f32le',
  );
  const waveform = await files.put(Buffer.from(JSON.stringify(found.waveform)), 'application/json');
  const [file] = await encoder.encode([{ pcm: found.s24, format: 'flac24' }], run);
  const playback = await files.put(file as Uint8Array, 'audio/flac');
  // Held like the result of a stage: by then, whoever asked has marks of their own.
  await cache.keepValue(`inspected/${diTrackId}/${channel ?? ''}`, { audio, playback, waveform });
  return { diTrackId, audio, playback, waveform, frames, channel: channel ?? 'left', ...described(found) };
}

const described = ({ levels, source, warnings }: InspectedAudio) => ({
  levels,
  sourceFormat: source,
  warnings: warnings.map((code) => ({ code }) as Inspected['warnings'][number]),
});
