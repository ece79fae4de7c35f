import {
  ChainsSnapshotted,
  type DataOf,
  GearModelsHeld,
  RenderJobCompleted,
  ShootoutRenderRequested,
} from '@gts/contracts';
import type { Why } from '@gts/saga';
import { anId, sagaMatrix } from '@gts/testing';
import { renderShootoutSaga } from './render-shootout.saga';
import { whyFailed } from './run-failure';
import { finalTones, modelIds, renderTones } from './run-inputs';

const { snapshots } = ChainsSnapshotted.example as DataOf<typeof ChainsSnapshotted>;
const results = RenderJobCompleted.example as DataOf<typeof RenderJobCompleted>;
const { models } = GearModelsHeld.example as DataOf<typeof GearModelsHeld>;
// The answers of the matrix are the examples of their definitions: the run must be the one that they talk about.
const selections = snapshots.map(({ chainId }, position) => ({
  id: results.tones[position]?.toneId ?? anId<'ToneSelection'>(position),
  signalChainId: chainId,
  position,
  label: `Tone ${position + 1}`,
}));
const start = { ...(ShootoutRenderRequested.example as DataOf<typeof ShootoutRenderRequested>), selections };

test.each(sagaMatrix(renderShootoutSaga, start).map((each) => [each.step, each.fate, each.run] as const))(
  'the step "%s" %s: the run ends, and everything armed is undone',
  (_step, _fate, run) => {
    expect(run().broken).toEqual([]);
  },
);

test('covers every step in every way', () => {
  expect(sagaMatrix(renderShootoutSaga, start)).toHaveLength(4 * 5);
});

describe('why a run failed', () => {
  const known = { ...start, snapshots };
  const why = (part: Partial<Why>): Why => ({ code: 'x', step: 'render', ...part });
  const [first, second] = selections;
  const blockId = snapshots[0]?.blocks[0]?.id;

  test.each([
    ['SAGA.CANCELLED', 'cancelled'],
    ['SAGA.TIMED_OUT', 'timed-out'],
    ['cancelled', 'cancelled'],
    ['GEAR.GEAR_WITHDRAWN', 'GEAR.GEAR_WITHDRAWN'],
  ])('%s is told as %s', (code, told) => {
    expect(whyFailed(start, why({ code }))).toEqual({
      shootoutId: start.shootoutId,
      runId: start.runId,
      code: told,
      step: 'render',
    });
  });

  test('a chain names its tone, a model its tone and block, a render error what it says', () => {
    const at = (failed: unknown) => {
      const { toneId, blockId: block } = whyFailed(known, why({ failed }));
      return [toneId, block];
    };
    expect(at({ errors: [{ chainId: second?.signalChainId, code: 'c' }] })).toEqual([second?.id, undefined]);
    expect(at({ errors: [{ gearModelId: models[0]?.gearModelId, code: 'c' }] })).toEqual([first?.id, blockId]);
    expect(at({ errors: [{ toneId: second?.id, blockIndex: 0, code: 'c' }] })).toEqual([second?.id, blockId]);
    expect(at({ errors: [{ toneId: second?.id, code: 'c' }] })).toEqual([second?.id, undefined]);
    expect(at({ errors: [] })).toEqual([undefined, undefined]);
    expect(at(undefined)).toEqual([undefined, undefined]);
  });
});

describe('what a run hands on', () => {
  const known = { selections, snapshots, models };

  test('every model once, every block as bytes, in order of position', () => {
    expect(modelIds(snapshots)).toEqual([models[0]?.gearModelId]);
    const shuffled = renderTones({ ...known, selections: [...selections].reverse() });
    expect(shuffled.map(({ label }) => label)).toEqual(['Tone 1', 'Tone 2']);
    expect(shuffled[0]?.blocks).toEqual([{ kind: 'capture', role: 'full_rig', file: models[0]?.file }]);
  });

  test('an effect keeps its parameters and brings the bytes of its room', () => {
    const [model] = models;
    const [snapshot] = snapshots;
    if (!model || !snapshot) throw new Error('the examples are empty');
    const reverb = {
      id: anId<'SignalBlock'>(1),
      kind: 'effect' as const,
      role: 'post_effect' as const,
      effect: 'reverb_ir',
      params: { mixPercent: 20 },
      gearModelId: model.gearModelId,
    };
    const withRoom = snapshots.map((each) => ({ ...each, blocks: [reverb] }));
    const [tone] = renderTones({ ...known, snapshots: withRoom });
    expect(tone?.blocks).toEqual([
      { kind: 'effect', role: 'post_effect', effect: 'reverb_ir', params: { mixPercent: 20 }, file: model.file },
    ]);
  });

  test('provenance is copied, and a tone without sound is left out for the manifest to refuse', () => {
    const [tone, ...more] = finalTones(known, { tones: results.tones.slice(0, 1) });
    expect(more).toEqual([]);
    expect(tone?.provenance).toEqual([
      {
        role: 'full_rig',
        displayName: models[0]?.displayName,
        gearType: 'amp',
        format: 'nam',
        licence: 'cco',
        sha256: models[0]?.file.sha256,
        gearModelId: models[0]?.gearModelId,
      },
    ]);
  });

  test('a lost input stops the saga loudly', () => {
    expect(() => renderTones({ ...known, models: [] })).toThrow('lost its model');
  });
});
