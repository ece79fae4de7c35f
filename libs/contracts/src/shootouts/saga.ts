import { z } from 'zod';
import { levelling, renderEngine, renderInput, renderWarning, renderedTone } from '../rendering-schemas';
import { id } from '../schemas';
import { signalBlock } from '../signal-chains/blocks';
import { exampleManifest, provenance } from './manifest';
import { sample, shootouts } from './context';

const shootoutId = id('Shootout');
const runId = id('Run');

/** One tone with all that the steps before found out about it. */
export const finalTone = z.strictObject({
  toneId: id('ToneSelection'),
  chain: z.strictObject({ name: z.string(), blocks: z.array(signalBlock) }),
  provenance: z.array(z.strictObject({ ...provenance.shape, gearModelId: id('GearModel') })),
  output: renderedTone,
});

export const FinaliseShootout = shootouts.command('FinaliseShootout', {
  mode: 'saga',
  version: 1,
  summary: 'Writes the manifest and completes the shootout: the turn after which a run only goes forward.',
  data: z.strictObject({
    shootoutId,
    runId,
    tones: z.array(finalTone).min(1).max(16),
    levelling,
    warnings: z.array(renderWarning),
    engine: renderEngine,
    inputs: z.array(renderInput),
  }),
  example: {
    shootoutId: sample.shootout,
    runId: sample.run,
    tones: exampleManifest.tones.map(({ toneId, chain, provenance: sources, ...sound }) => ({
      toneId,
      chain,
      provenance: sources.map((each) => ({ ...each, gearModelId: sample.model })),
      output: {
        toneId,
        media: { listen: sample.flac, download: sample.flac },
        frames: sound.frames,
        integratedLufs: sound.integratedLufs,
        truePeakDbtp: sound.truePeakDbtp,
        gainDb: sound.gainDb,
        pcmSha256: sound.pcmSha256,
        measures: {
          integratedLufs: -19.4,
          truePeakDbtp: -4.1,
          samplePeakDbfs: -4.3,
          encodedIntegratedLufs: -15.21,
          encodedTruePeakDbtp: -1.02,
        },
      },
    })),
    levelling: exampleManifest.levelling,
    warnings: [],
    engine: exampleManifest.engine,
    inputs: exampleManifest.inputs,
  },
});

export const FailShootout = shootouts.command('FailShootout', {
  mode: 'saga',
  version: 1,
  summary: 'Ends a run without a manifest and writes down why, where and for which tone.',
  data: z.strictObject({
    shootoutId,
    runId,
    code: z.string().max(100),
    step: z.string().max(60),
    detail: z.string().max(500).optional(),
    toneId: id('ToneSelection').optional(),
    blockId: id('SignalBlock').optional(),
  }),
  example: {
    shootoutId: sample.shootout,
    runId: sample.run,
    code: 'render.silent',
    step: 'render',
    toneId: sample.tones[0],
    blockId: sample.block,
  },
});
