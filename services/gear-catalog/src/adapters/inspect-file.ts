import { acceptIrWav } from '@gts/audio';
import { ampOf, namInfo, oracleEngine, parseNam, probeNam } from '@gts/nam';
import type { Format } from '../domain/vocabulary';
import type { Inspection } from '../domain/gear-model';

function inspectNam(bytes: Uint8Array): Inspection {
  const model = parseNam(bytes);
  probeNam(ampOf(oracleEngine, model));
  const { size, architecture, engine: _engine, engineReason: _reason, tanh: _tanh, ...found } = namInfo(model);
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
 * through the engine. Takes up to seconds of one core.
 * @throws the codes of audio.md §5
 */
export const inspectFile = (format: Format, bytes: Uint8Array): Inspection =>
  format === 'nam' ? inspectNam(bytes) : inspectIr(bytes);
