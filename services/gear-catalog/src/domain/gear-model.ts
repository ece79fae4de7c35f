import type { Decision, Id } from '@gts/kernel';
import type { GearModelEvent } from './events';
import type { FileRef } from './file-ref';
import type { Gear } from './gear';
import type { Architecture, Size } from './vocabulary';

export type Analysis =
  | Readonly<{
      kind: 'nam';
      version: string;
      layers: number;
      weights: number;
      sampleRate: number;
      receptiveField: number | null;
      supported: boolean;
      /** Which engine plays it, why not the own one, and how tanh is computed; unknown of models judged before. */
      engine?: 'own' | 'compat' | undefined;
      engineReason?: string | null | undefined;
      tanh?: 'exact' | 'fast' | undefined;
    }>
  | Readonly<{ kind: 'ir'; frames: number; sampleRate: number; channels: number; peakDbfs: number }>;

/** What validation found out about a file that may be used. */
export type Inspection = Readonly<{ analysis: Analysis; size: Size; architecture: Architecture; mediaType: string }>;

export type GearModel = Readonly<{
  gearId: Id<'Gear'>;
  name: string;
  size: Size;
  architecture: Architecture;
  status: 'KNOWN' | 'QUEUED' | 'DOWNLOADING' | 'VALIDATING' | 'AVAILABLE' | 'REJECTED' | 'UNAVAILABLE';
  file: FileRef | null;
  /** Of the file, beside it so that an index can hold it. */
  sha256: string | null;
  analysis: Analysis | null;
  rejection: Readonly<{ code: string; detail: string }> | null;
}>;

type Adding = Readonly<{
  gearModelId: Id<'GearModel'>;
  gearId: Id<'Gear'>;
  gear: Gear;
  file: Readonly<{ sha256: string; bytes: number }>;
  inspection: Inspection;
}>;

/** A validated file becomes a model that can be used at once. */
export function addModel({ gearModelId, gearId, gear, file, inspection }: Adding): Decision<GearModel, GearModelEvent> {
  const { analysis, size, architecture, mediaType } = inspection;
  const named = { gearModelId, gearId };
  return {
    state: {
      gearId,
      name: gear.name,
      size,
      architecture,
      status: 'AVAILABLE',
      file: { ...file, mediaType },
      sha256: file.sha256,
      analysis,
      rejection: null,
    },
    events: [
      { type: 'GearModelAdded', ...named, size, architecture },
      { type: 'GearModelAvailable', ...named, gearType: gear.gearType, irKind: gear.irKind, sha256: file.sha256 },
    ],
  };
}

/** The model goes with its gear. */
export const removeModel =
  (gearModelId: Id<'GearModel'>) =>
  ({ gearId }: GearModel): readonly GearModelEvent[] => [
    { type: 'GearModelUnavailable', gearModelId, gearId, code: 'gear-removed' },
  ];
