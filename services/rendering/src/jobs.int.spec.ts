import { type ArtefactStore, storeFault } from '@gts/artefacts';
import { pcmBytes, SAMPLE_RATE } from '@gts/audio';
import {
  CancelRenderJob,
  ChainRendered,
  type DataOf,
  RenderJobCancelled,
  RenderJobCompleted,
  RenderJobFailed,
  RenderJobStarted,
  RenderShootoutJob,
} from '@gts/contracts';
import type { Id } from '@gts/kernel';
import { anId, aTone, aWaveNet, namBytes, publishedShapes } from '@gts/testing';
import { startReplicas } from '../../../tests/support/render-replicas';

/** Ends what hangs; nothing here takes as long, also on a busy machine. */
const SLOW = 150_000;

let world: Awaited<ReturnType<typeof startReplicas>>;
beforeEach(async () => void (world = await startReplicas()));
afterEach(() => world.stop());

async function asked(): Promise<DataOf<typeof RenderShootoutJob>> {
  const { artefacts } = world;
  const put = async (bytes: Uint8Array, mediaType: string) => ({ ...(await artefacts.put(bytes)), mediaType });
  const samples = aTone(SAMPLE_RATE);
  const audio = await put(pcmBytes(samples), 'audio/x-f32le');
  const captures = [1, 2].map((seed) =>
    namBytes({ ...aWaveNet(seed, publishedShapes['A1 nano']), sample_rate: 48_000 }),
  );
  const files = await Promise.all(captures.map((bytes) => put(bytes, 'application/json')));
  return {
    runId: anId<'Run'>(1),
    shootoutId: anId<'Shootout'>(1) as Id<'Shootout'>,
    renderVersion: 1,
    mode: 'render',
    di: { audio, frames: samples.length },
    inputGainDb: 0,
    tones: files.map((file, i) => ({
      toneId: anId<'ToneSelection'>(10 + i),
      label: `tone ${i}`,
      blocks: [{ kind: 'capture', role: 'full_rig', file }],
    })),
  };
}

test(
  'a full disk takes no new work: it waits, costs no attempt, and is done once there is room',
  async () => {
    let free = 999_999_999;
    await world.replica('a', { machine: { free: () => free } });
    world.send(RenderShootoutJob, await asked(), 1);
    await world.until(() => world.delays.length >= 2);
    expect([world.ended(), Math.min(...world.delays)]).toEqual([[], 5000]);
    free = 1_000_000_000;
    await world.until(() => world.ended().length > 0);
    expect(world.dataOf(RenderJobCompleted)).toHaveLength(1);
    expect([await world.attempts(), await world.leftovers('a')]).toEqual([[1, 1], []]);
  },
  SLOW,
);

const faults = { 'is away': storeFault.unavailable('EIO'), 'is full': storeFault.full() };
describe.each(['is away', 'is full'] as const)('an artefact store that %s when results are put', (how) => {
  const failing = (fails: (count: number) => boolean): ArtefactStore => {
    let count = 0;
    return {
      ...world.artefacts,
      put: async (...of) => (fails(++count) ? Promise.reject(faults[how]) : world.artefacts.put(...of)),
    };
  };

  test(
    'and comes back: the job is completed, once',
    async () => {
      // The prepared recording, a tone, a file of the finished set.
      await world.replica('a', { artefacts: failing((count) => [1, 3, 6].includes(count)) });
      world.send(RenderShootoutJob, await asked(), 1);
      await world.until(() => world.ended().length > 0);
      expect(world.dataOf(RenderJobCompleted)).toMatchObject([{ tones: [{}, {}] }]);
      expect([world.delays, await world.leftovers('a')]).toEqual([[5000, 5000, 5000], []]);
    },
    SLOW,
  );

  test(
    'and stays so: the job fails with the code, may be asked for again',
    async () => {
      await world.replica('a', { artefacts: failing(() => true) });
      world.send(RenderShootoutJob, await asked(), 1);
      await world.until(() => world.ended().length > 0);
      expect(world.dataOf(RenderJobFailed)).toMatchObject([{ code: faults[how].code, retryable: true }]);
      expect([world.delays, await world.leftovers('a')]).toEqual([[5000, 30_000], []]);
    },
    SLOW,
  );
});

describe('a worker that hangs', () => {
  const stallMs = 2000;
  test(
    'once: its tone is tried again and the job completed',
    async () => {
      const { threads, open } = await world.gated('hung');
      await world.replica('a', { machine: { threads: { ...threads, stallMs } } });
      world.send(RenderShootoutJob, await asked(), 1);
      await world.until(() => world.delays.length > 0);
      open('play');
      await world.until(() => world.ended().length > 0);
      expect(world.dataOf(RenderJobCompleted)).toHaveLength(1);
      expect([Math.max(...(await world.attempts())), await world.leftovers('a')]).toEqual([2, []]);
    },
    SLOW,
  );

  test(
    'each time: the job fails with engine.timeout',
    async () => {
      const { threads } = await world.gated('hung');
      await world.replica('a', { machine: { threads: { ...threads, stallMs } } });
      world.send(RenderShootoutJob, await asked(), 1);
      await world.until(() => world.ended().length > 0);
      expect(world.dataOf(RenderJobFailed)).toMatchObject([{ code: 'engine.timeout', retryable: true }]);
      expect([world.said(RenderJobCompleted), await world.leftovers('a')]).toEqual([[], []]);
    },
    SLOW,
  );
});

describe('commands in the wrong order', () => {
  test(
    'an older epoch after a newer one changes nothing; the answer carries the newer',
    async () => {
      const { threads, reached, open } = await world.gated('slow');
      await world.replica('a', { machine: { threads } });
      const data = await asked();
      world.send(RenderShootoutJob, data, 2);
      await world.until(reached);
      world.send(RenderShootoutJob, data, 1);
      world.send(CancelRenderJob, { runId: data.runId }, 1);
      world.send(RenderShootoutJob, data, 3);
      open('play');
      await world.until(() => world.ended().length > 0);
      expect(world.ended()).toMatchObject([{ type: RenderJobCompleted.type, saga: { epoch: 3 } }]);
      expect(world.said(RenderJobStarted)).toHaveLength(1);
    },
    SLOW,
  );

  test(
    'a cancel before its command: the command never starts',
    async () => {
      await world.replica('a');
      const data = await asked();
      world.send(CancelRenderJob, { runId: data.runId }, 3);
      await world.until(() => world.ended().length > 0);
      world.send(RenderShootoutJob, data, 2);
      world.send(RenderShootoutJob, data, 4);
      await world.until(() => world.ended().length > 1);
      expect(world.ended().map(({ type, saga }) => [type, saga?.epoch])).toEqual([
        [RenderJobFailed.type, 4],
        [RenderJobCancelled.type, 3],
      ]);
      expect(world.said(RenderJobStarted)).toEqual([]);
      await world.until(world.idle);
    },
    SLOW,
  );
});

test(
  'a cancel that one replica takes ends at once what another one plays',
  async () => {
    const { threads, reached, open } = await world.gated('slow');
    await world.replica('a', { machine: { threads }, hears: ['work'] });
    await world.replica('b', { hears: ['control'] });
    const data = await asked();
    world.send(RenderShootoutJob, data, 1);
    await world.until(reached);
    world.send(CancelRenderJob, { runId: data.runId }, 2);
    // The thread stands still all the while: nothing but the hint can end its item.
    await world.until(world.idle);
    expect([world.ended(), world.delays]).toMatchObject([[{ type: RenderJobCancelled.type }], []]);
    open('play');
  },
  SLOW,
);

/** Both stand still with the first tone; the second replica has it because the first one lost its lease. */
async function racing() {
  const data = await asked();
  const first = data.tones[0]?.blocks[0]?.file?.sha256;
  const [slow, fast] = [await world.gated('slow', first), await world.gated('fast', first)];
  const threads = ({ threads: { file } }: typeof slow) => ({ threads: { file, stallMs: SLOW } });
  await world.replica('a', { machine: threads(slow) });
  world.send(RenderShootoutJob, data, 1);
  await world.until(slow.reached);
  await world.replica('b', { machine: threads(fast) });
  await world.until(fast.reached);
  return { slow, fast };
}

describe('two replicas on one item', () => {
  test.each(['play', 'fail'] as const)(
    'the overtaken one %ss first: nobody hears it, the other one completes the job',
    async (how) => {
      const { slow, fast } = await racing();
      slow.open(how);
      await world.until(() => world.waits('a'));
      expect([world.ended(), world.delays]).toEqual([[], []]);
      fast.open('play');
      await world.until(() => world.ended().length > 0);
      await world.until(world.idle);
      expect(world.dataOf(RenderJobCompleted)).toMatchObject([{ tones: [{}, {}] }]);
      expect([world.said(RenderJobStarted).length, world.said(ChainRendered).length]).toEqual([1, 2]);
      expect([world.ended().length, await world.leftovers('a', 'b')]).toEqual([1, []]);
    },
    SLOW,
  );

  test(
    'the overtaken one plays last: it changes nothing',
    async () => {
      const { slow, fast } = await racing();
      fast.open('play');
      await world.until(() => world.ended().length > 0);
      slow.open('play');
      await world.until(() => world.waits('a'));
      await world.until(world.idle);
      expect([world.ended().length, world.said(ChainRendered).length]).toEqual([1, 2]);
      expect([world.dataOf(RenderJobCompleted).length, await world.leftovers('a', 'b')]).toEqual([1, []]);
    },
    SLOW,
  );
});
