import type { DomainError, Id } from '@gts/kernel';
import { anId, given } from '@gts/testing';
import fc from 'fast-check';
import { MOST_TONES } from './findings';
import { addTone, freeLabel, removeTone, renameTone, reorderTones, selectionsOf } from './selections';
import type { Shootout } from './shootout';

const shootoutId = anId<'Shootout'>(0);
const tone = (n: number, position = n) => ({
  id: anId<'ToneSelection'>(n),
  signalChainId: anId<'SignalChain'>(n),
  position,
  label: `Tone ${n}`,
});
const aShootout = (part: Partial<Shootout> = {}): Shootout => ({
  title: 'Which cab?',
  ownerId: 'ada',
  diTrackId: anId(1),
  inputGainDb: 0,
  selections: [tone(0), tone(1), tone(2)],
  status: 'DRAFT',
  visibility: 'private',
  renderVersion: 0,
  blockedGearModelIds: [],
  takenDown: false,
  ...part,
});
const facts = {
  chains: () => ({ name: 'Plexi', status: 'READY' as const }),
  di: { ready: true, durationMs: 10_000 },
};
const wanted = (n: number, label?: string) => {
  const { label: own, position: _, ...rest } = tone(n);
  return { ...rest, label: label ?? own };
};

test.each(['PENDING', 'PROCESSING', 'COMPLETED'] as const)('nothing changes while %s', (status) => {
  const shootout = aShootout({ status });
  given(shootout)
    .when(addTone(shootoutId, wanted(9), facts))
    .thenRefused('SHOOTOUT.SHOOTOUT_NOT_EDITABLE');
  given(shootout)
    .when(removeTone(shootoutId, tone(0).id))
    .thenRefused('SHOOTOUT.SHOOTOUT_NOT_EDITABLE');
  given(shootout)
    .when(renameTone(shootoutId, tone(0).id, 'x'))
    .thenRefused('SHOOTOUT.SHOOTOUT_NOT_EDITABLE');
  given(shootout).when(reorderTones(shootoutId, [])).thenRefused('SHOOTOUT.SHOOTOUT_NOT_EDITABLE');
});

const findingsOf = (run: () => unknown): string[] => {
  try {
    run();
    return [];
  } catch (error) {
    return ((error as DomainError).details?.errors ?? []).map(({ code, pointer }) => `${code} ${pointer}`);
  }
};

test.each<[string, () => unknown, string[]]>([
  [
    'a chain twice',
    () => addTone(shootoutId, wanted(1, 'New'), facts)(aShootout()),
    ['duplicate-chain /signalChainId'],
  ],
  ['a label twice', () => addTone(shootoutId, wanted(9, 'Tone 1'), facts)(aShootout()), ['duplicate-label /label']],
  [
    'an unknown chain',
    () => addTone(shootoutId, wanted(9), { ...facts, chains: () => undefined })(aShootout()),
    ['chain-unknown /signalChainId'],
  ],
  [
    'a tone beyond the budget',
    () => addTone(shootoutId, wanted(9), { ...facts, di: { ready: true, durationMs: 120_001 } })(aShootout()),
    ['render-budget-exceeded /selections'],
  ],
  [
    'the second last tone going',
    () => removeTone(shootoutId, tone(0).id)(aShootout({ selections: [tone(0), tone(1)] })),
    ['tone-count /selections'],
  ],
  ['a name that stands', () => renameTone(shootoutId, tone(0).id, 'Tone 1')(aShootout()), ['duplicate-label /label']],
  ['an order that misses one', () => reorderTones(shootoutId, [tone(0).id])(aShootout()), ['order-incomplete /order']],
  [
    'an order that names one twice',
    () => reorderTones(shootoutId, [tone(0).id, tone(1).id, tone(1).id])(aShootout()),
    ['order-incomplete /order'],
  ],
  [
    'an order with a stranger',
    () => reorderTones(shootoutId, [tone(0).id, tone(1).id, tone(2).id, tone(9).id])(aShootout()),
    ['order-incomplete /order'],
  ],
])('%s is refused', (_, run, expected) => {
  expect(findingsOf(run)).toEqual(expected);
});

test('a tone that is not there is not found', () => {
  given(aShootout())
    .when(removeTone(shootoutId, tone(9).id))
    .thenRefused('SHOOTOUT.SELECTION_UNKNOWN');
});

test('default labels are names, repeats get a number that is free', () => {
  const labels = selectionsOf(
    [{ ...wanted(0), label: undefined }, { ...wanted(1), label: undefined }, wanted(2, 'Plexi (2)')],
    () => 'Plexi',
  ).map(({ label }) => label);
  expect(labels).toEqual(['Plexi', 'Plexi (3)', 'Plexi (2)']);
  expect(freeLabel('x'.repeat(100), new Set(['x'.repeat(80)]))).toBe(`${'x'.repeat(76)} (2)`);
});

type Edit = (shootout: Shootout) => { state: Shootout };
const someId = fc.nat({ max: 20 }).map((n) => anId<'ToneSelection'>(n));
const someEdit = fc.oneof(
  fc.nat({ max: 20 }).map((n): Edit => addTone(shootoutId, wanted(n), facts)),
  someId.map((id): Edit => removeTone(shootoutId, id)),
  fc
    .tuple(someId, fc.string({ minLength: 1, maxLength: 3 }))
    .map(([id, label]): Edit => renameTone(shootoutId, id, label)),
  fc.array(someId, { maxLength: 4 }).map((order): Edit => reorderTones(shootoutId, order as Id<'ToneSelection'>[])),
  fc.constant<Edit>((each) =>
    reorderTones(
      shootoutId,
      [...each.selections].reverse().map(({ id }) => id),
    )(each),
  ),
);
const tryTo = (shootout: Shootout, edit: Edit): Shootout => {
  try {
    return edit(shootout).state;
  } catch {
    return shootout;
  }
};

test('positions stay dense and chains and labels single, whatever is tried', () => {
  fc.assert(
    fc.property(fc.array(someEdit, { maxLength: 40 }), (edits) => {
      const { selections } = edits.reduce(tryTo, aShootout());
      expect(selections.map(({ position }) => position)).toEqual(selections.map((_, index) => index));
      expect(new Set(selections.map(({ signalChainId }) => signalChainId)).size).toBe(selections.length);
      expect(new Set(selections.map(({ label }) => label)).size).toBe(selections.length);
      expect(selections.length).toBeGreaterThanOrEqual(2);
      expect(selections.length).toBeLessThanOrEqual(MOST_TONES);
    }),
  );
});
