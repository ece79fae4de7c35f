import { followFaults, type Message, type Notice, unhandled } from './witness.ts';

const [shootoutId, topic] = ['s1', 'shootout:s1'];
const message = (seq: number, id = shootoutId): Message => ({
  stream: 'EVT_SHOOTOUTS',
  seq,
  subject: `evt.shootouts.p01.Shootout.Event${seq}`,
  body: { id: `m${seq}`, aggregate: { type: 'Shootout', id, version: seq } },
});
const messages = [message(1), message(2, 'other'), message(3), message(4), message(6)];
const snapshot = (seq: number): Notice => ({ id: `EVT_SHOOTOUTS:${seq}`, event: 'snapshot', data: {} });
const changed = (seq: number): Notice => ({ id: `EVT_SHOOTOUTS:${seq}`, event: 'shootout.changed', data: {} });
const progress: Notice = { event: 'run.progress', data: {} };
const faults = (...notices: Notice[]) => followFaults({ topic, notices }, messages);
const none = { lost: [], repeated: [] };

describe('a reader who was told', () => {
  test('every change once has nothing to complain of, also after coming back', () => {
    expect(faults(snapshot(1), changed(3), progress, changed(4), changed(6))).toEqual(none);
    expect(faults(snapshot(2), changed(3), { ...snapshot(4), event: 'resync' }, snapshot(4), changed(6))).toEqual(none);
    expect(faults(snapshot(7))).toEqual(none);
  });

  test('planted: a change is missing in the middle, at the end, or all of them', () => {
    expect(faults(snapshot(1), changed(4), changed(6)).lost).toEqual(['notice of shootout:s1 at 3']);
    expect(faults(snapshot(1), changed(3), changed(4)).lost).toEqual(['notice of shootout:s1 at 6']);
    expect(faults().lost).toHaveLength(4);
  });

  test('planted: the same of a chain', () => {
    const chain: Message = { ...message(5, 'c1'), stream: 'EVT_SIGNAL_CHAINS' };
    const of = { ...chain, body: { id: 'm', aggregate: { type: 'SignalChain', id: 'c1', version: 1 } } };
    const told: Notice = { id: 'EVT_SIGNAL_CHAINS:5', event: 'chain.changed', data: {} };
    expect(followFaults({ topic: 'signal-chain:c1', notices: [told] }, [of])).toEqual(none);
    expect(followFaults({ topic: 'signal-chain:c1', notices: [] }, [of]).lost).toHaveLength(1);
    expect(() => followFaults({ topic: 'weather:1', notices: [] }, [])).toThrow('nobody judges weather:1');
  });

  test('planted: a change comes again, or after a later one', () => {
    const again = faults(snapshot(1), changed(3), changed(3), changed(4), changed(6));
    expect(again).toEqual({ lost: [], repeated: ['notice of shootout:s1 at 3'] });
    expect(faults(snapshot(1), changed(4), changed(3), changed(6)).repeated).toHaveLength(1);
  });
});

describe('consumers', () => {
  const on = { stream: 'EVT_SHOOTOUTS', durable: 'x__y', filters: ['evt.shootouts.*.Shootout.*'] };
  const handler = { ...on, kind: 'handler' };
  const projection = { ...on, durable: 'x__p__a', kind: 'projection' };
  const inbox = new Set(messages.map(({ body }) => `x__y ${body.id}`));
  const gates = new Map([
    ['x__p__a/Shootout/s1', 6],
    ['x__p__a/Shootout/other', 2],
  ]);

  test('that left their trace of everything are done', () => {
    expect(unhandled([handler, projection], messages, { inbox, gates })).toEqual([]);
  });

  test('planted: an inbox row and a version are missing', () => {
    const less = { inbox: new Set([...inbox].slice(1)), gates: new Map([...gates].slice(0, 1)) };
    expect(unhandled([handler, projection], messages, less)).toEqual([
      'x__y did not handle EVT_SHOOTOUTS:1',
      'x__p__a did not apply EVT_SHOOTOUTS:2',
    ]);
  });

  test('what they did not ask for leaves none', () => {
    for (const filters of [['evt.shootouts.*.DITrack.*'], ['evt.shootouts.*.Shootout'], ['cmd.>']])
      expect(unhandled([{ ...handler, filters }], messages, { inbox: new Set(), gates })).toEqual([]);
    const all = unhandled([{ ...handler, filters: ['evt.>'] }], messages, { inbox: new Set(), gates });
    expect(all).toHaveLength(messages.length);
  });
});
