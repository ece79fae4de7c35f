import type {
  ChainSnapshotData,
  DataOf,
  FinaliseShootout,
  GearModelsHeld,
  RenderJobCompleted,
  RenderShootoutJob,
  ShootoutRenderRequested,
  SignalBlockData,
} from '@gts/contracts';
import type { Id } from '@gts/kernel';

type Selections = DataOf<typeof ShootoutRenderRequested>['selections'];
type Models = DataOf<typeof GearModelsHeld>['models'];
type RenderBlock = DataOf<typeof RenderShootoutJob>['tones'][number]['blocks'][number];
type EffectName = Extract<RenderBlock, { kind: 'effect' }>['effect'];
type FinalTone = DataOf<typeof FinaliseShootout>['tones'][number];
type Known = Readonly<{ selections: Selections; snapshots: readonly ChainSnapshotData[]; models: Models }>;

/** Every model that the snapshots need, once. */
export const modelIds = (snapshots: readonly ChainSnapshotData[]): Id<'GearModel'>[] => [
  ...new Set(
    snapshots.flatMap(({ blocks }) =>
      blocks.flatMap(({ gearModelId }) => (gearModelId === undefined ? [] : [gearModelId])),
    ),
  ),
];

// The steps before prove that these exist; if one does not, the saga must not go on with a hole in it.
function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new TypeError(`a run lost its ${what}`);
  return value;
}

const snapshotOf = (snapshots: readonly ChainSnapshotData[], chainId: string): ChainSnapshotData =>
  need(
    snapshots.find((each) => each.chainId === chainId),
    `chain ${chainId}`,
  );
const modelOf = (models: Models, gearModelId: string): Models[number] =>
  need(
    models.find((each) => each.gearModelId === gearModelId),
    `model ${gearModelId}`,
  );

function renderBlock(block: SignalBlockData, models: Models): RenderBlock {
  const model = block.gearModelId === undefined ? undefined : modelOf(models, block.gearModelId);
  if (block.kind === 'effect') {
    const { role, effect, params } = block;
    const known = { kind: 'effect', role, effect: effect as EffectName, params } as const;
    return model ? { ...known, file: model.file } : known;
  }
  const { file } = need(model, 'model');
  return block.role === 'ir' ? { kind: 'ir', role: 'ir', file } : { kind: 'capture', role: block.role, file };
}

/** The tones as rendering plays them: in order of position, every model as bytes. */
export const renderTones = ({ selections, snapshots, models }: Known): DataOf<typeof RenderShootoutJob>['tones'] =>
  [...selections]
    .sort((a, b) => a.position - b.position)
    .map(({ id: toneId, label, signalChainId }) => {
      const { blocks } = snapshotOf(snapshots, signalChainId);
      return { toneId, label, blocks: blocks.map((block) => renderBlock(block, models)) };
    });

function provenanceOf(block: SignalBlockData, models: Models): FinalTone['provenance'] {
  if (block.gearModelId === undefined) return [];
  const { displayName, gearType, format, licence, attribution, file } = modelOf(models, block.gearModelId);
  const told = { role: block.role, displayName, gearType, format, licence, sha256: file.sha256 };
  return [{ ...told, gearModelId: block.gearModelId, ...(attribution !== null && { attribution }) }];
}

/** What the manifest says of every tone; one whose sound is missing is left out and refused there. */
export const finalTones = (
  { selections, snapshots, models }: Known,
  { tones }: Pick<DataOf<typeof RenderJobCompleted>, 'tones'>,
): FinalTone[] =>
  selections.flatMap(({ id: toneId, signalChainId }) => {
    const output = tones.find((each) => each.toneId === toneId);
    if (!output) return [];
    const { name, blocks } = snapshotOf(snapshots, signalChainId);
    return [
      { toneId, chain: { name, blocks }, provenance: blocks.flatMap((block) => provenanceOf(block, models)), output },
    ];
  });
