import { type Evidence, faultsIn, type Ledger } from './judge.ts';

type Sent = Evidence['messages'][number];
const event = (type: string, id: string, version = 1): Sent => {
  const [context = '', name = ''] = type.split('.');
  const aggregate = { type: name.startsWith('RenderJob') ? 'RenderJob' : name.slice(0, 8), id, version };
  const stream = `EVT_${context.toUpperCase().replaceAll('-', '_')}`;
  const msgId = `${context}:${type}/${id}/${version}`;
  return { stream, seq: version, subject: `evt.${context}.p00.X.${name}`, msgId, type, body: { id: msgId, aggregate } };
};
const messages = [
  event('signal-chains.SignalChainCreated', 'c1'),
  event('signal-chains.SignalChainCreated', 'c2'),
  event('signal-chains.SignalChainUpdated', 'c1', 2),
  event('rendering.RenderJobCompleted', 'j1'),
  event('shootouts.ShootoutFinalised', 's1'),
];
const rowsOf = (list: readonly Sent[]) =>
  list.map(({ msgId }) => ({ headers: JSON.stringify({ 'Nats-Msg-Id': msgId }) }));
const evidence: Evidence = {
  messages,
  outbox: rowsOf(messages),
  chains: [
    { id: 'c1', name: 'one' },
    { id: 'c2', name: 'asked for, never answered' },
  ],
  shootouts: [{ id: 's1', status: 'COMPLETED' }],
  noted: { inbox: new Set(['x__y m1']), gates: new Map() },
};
const ledger: Ledger = {
  chains: new Map([
    ['one', 'c1'],
    ['asked for, never answered', undefined],
    ['asked for, never there', undefined],
  ]),
  renders: [{ shootoutId: 's1', status: 'COMPLETED' }, { shootoutId: undefined }],
  followers: [],
  edits: new Map([['c1', { confirmed: 1, unknown: 1 }]]),
};
const judged = (change: Partial<Evidence>, told: Partial<Ledger> = {}) =>
  faultsIn({ ...evidence, ...change }, { ...ledger, ...told }, []);
const sound = { lost: [], repeated: [], outOfOrder: [] };

test('what people were told is there once; what nobody was told of may be there or not', () => {
  expect(judged({})).toEqual(sound);
});

type Planted = Readonly<{
  what: string;
  change: Partial<Evidence>;
  told?: Partial<Ledger>;
  found: Partial<ReturnType<typeof faultsIn>>;
}>;
const [first, ...others] = messages;
test.each<Planted>([
  {
    what: 'a chain that was confirmed is gone',
    change: { chains: evidence.chains.slice(1) },
    found: { lost: ['chain one'] },
  },
  {
    what: 'an event is missing',
    change: { messages: others, outbox: rowsOf(others) },
    found: { lost: ['event of chain c1'], outOfOrder: ['SignalCh/c1'] },
  },
  {
    what: 'a message of an outbox never arrived',
    change: { outbox: [...evidence.outbox, { headers: '{"Nats-Msg-Id":"x:1"}' }] },
    found: { lost: ['message x:1'] },
  },
  {
    what: 'a finished render is not',
    change: { shootouts: [{ id: 's1', status: 'PROCESSING' }] },
    found: { lost: ['render of s1: PROCESSING'] },
  },
  {
    what: 'a change of a chain is missing',
    change: {},
    told: { edits: new Map([['c1', { confirmed: 2, unknown: 0 }]]) },
    found: { lost: ['1 changes of chain c1'] },
  },
  {
    what: 'a change happened twice',
    change: {},
    told: { edits: new Map([['c1', { confirmed: 0, unknown: 0 }]]) },
    found: { repeated: ['1 changes of chain c1'] },
  },
  {
    what: 'a chain was made twice',
    change: { chains: [...evidence.chains, { id: 'c2', name: 'one' }] },
    told: { chains: new Map([['one', 'c2']]) },
    found: { repeated: ['chain one'] },
  },
  {
    what: 'a render was finished twice, by another message',
    change: { messages: [...messages, { ...event('shootouts.ShootoutFinalised', 's1', 2), msgId: 'other' }] },
    found: { repeated: ['render of s1'] },
  },
  {
    what: 'a message lies in its stream twice',
    change: { messages: first ? [first, ...messages] : [] },
    found: {
      repeated: ['chain c1', 'signal-chains:signal-chains.SignalChainCreated/c1/1'],
      outOfOrder: ['SignalCh/c1'],
    },
  },
  {
    what: 'versions have a gap',
    change: { messages: [...messages, event('shootouts.ShootoutRenamed', 's1', 3)] },
    found: { outOfOrder: ['Shootout/s1'] },
  },
])('planted: $what', ({ change, told, found }) => {
  expect(judged(change, told)).toEqual({ ...sound, ...found });
});

test('planted: a follower was not told, a consumer left no trace', () => {
  const shootout = {
    ...event('shootouts.ShootoutFinalised', 's1'),
    subject: 'evt.shootouts.p00.Shootout.ShootoutFinalised',
  };
  const reading = { stream: 'EVT_SHOOTOUTS', durable: 'x__z', filters: ['evt.shootouts.>'], kind: 'handler' };
  const followers = [{ topic: 'shootout:s1', notices: [] }];
  const found = faultsIn({ ...evidence, messages: [...messages.slice(0, 4), shootout] }, { ...ledger, followers }, [
    reading,
  ]);
  expect(found.lost).toEqual(['notice of shootout:s1 at 1', 'x__z did not handle EVT_SHOOTOUTS:1']);
});
