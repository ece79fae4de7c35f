import { acceptIrWav } from '@gts/audio';
import { namInfo, type OpenAmp, parseNam, probeNam } from '@gts/nam';
import type { Inspect } from '../application/ports';
import type { Inspection } from '../domain/gear-model';

async function inspectNam(bytes: Uint8Array, openAmp: OpenAmp): Promise<Inspection> {
  const model = parseNam(bytes);
  probeNam(await openAmp(model));
  const { size, architecture, ...found } = namInfo(model);
  return { analysis: { kind: 'nam', ...found }, size, architecture, mediaType: 'application/json' };
}

function inspectIr(bytes: Uint8Array): Inspection {
  const { frames, source, peakDbfs } = acceptIrWav(bytes);
  const { sampleRate, channels } = source;
  const analysis = { kind: 'ir', frames, sampleRate, channels, peakDbfs } as const;
  return { analysis, size: 'unknown', architecture: 'unknown', mediaType: 'audio/wav' };
}

/**
 * Everything that decides whether a file may be used: structure, bounds, and for captures half a second of noise
 * through the engine that will play them. Takes up to seconds of one core.
 * @throws the codes of audio.md §5
 */
export const fileInspector =
  (openAmp: OpenAmp): Inspect =>
  async (format, bytes) =>
    format === 'nam' ? inspectNam(bytes, openAmp) : inspectIr(bytes);
