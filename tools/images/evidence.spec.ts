import { lossFaults, repetitionFaults, type SeenEvent } from './evidence.ts';

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

describe('messages of a stack', () => {
  const messages = new Set(['m1', 'm2']);
  const rows = [{ service: 'shootouts', id: 'm1', state: 'published' }];

  test('that were all published and handled have no fault', () => {
    expect(lossFaults({ messages, rows, dead: [] })).toEqual([]);
  });

  test.each([
    ['a dead letter', { messages, rows, dead: ['DLQ 7 dlq.rendering'] }, 'DLQ 7 dlq.rendering is a dead letter'],
    [
      'a quarantined row',
      { messages, dead: [], rows: [{ service: 'rendering', id: 'm2', state: 'quarantined' }] },
      'rendering: row m2 is quarantined',
    ],
    [
      'a row that nobody sent',
      { messages, dead: [], rows: [{ service: 'rendering', id: 'm9', state: 'pending' }] },
      'rendering: row m9 is pending',
    ],
    [
      'a sent row without a message',
      { messages, dead: [], rows: [{ service: 'rendering', id: 'm9', state: 'published' }] },
      'rendering: row m9 is published, and no stream has it',
    ],
  ])('%s is told', (_, lost, fault) => {
    expect(lossFaults(lost)).toEqual([fault]);
  });
});
