import { repetitionFaults, type SeenEvent } from './evidence.ts';

const seen = (
  version: number,
  type = 'shootouts.ShootoutCreated',
  messageId = `shootouts:${type}:${version}`,
): SeenEvent => ({
  stream: 'EVT_SHOOTOUTS',
  messageId,
  event: { type, aggregate: { type: 'Shootout', id: 'a', version } },
});
const finished = [seen(1), seen(2, 'shootouts.ShootoutFinalised')];

test('a history without repetition has no fault', () => {
  expect(repetitionFaults(finished, ['a'])).toEqual([]);
});

test.each([
  ['a message', [...finished, { ...seen(3), messageId: finished[0]?.messageId ?? '' }], 'stands twice'],
  ['a version of an aggregate', [...finished, seen(2)], 'Shootout a 2 stands twice'],
  ['an end', [...finished, seen(3, 'shootouts.ShootoutFinalised')], 'was finalised 2 times'],
  ['no end', [seen(1)], 'was finalised 0 times'],
])('%s twice is told', (_, history, fault) => {
  expect(repetitionFaults(history, ['a']).join('\n')).toContain(fault);
});
