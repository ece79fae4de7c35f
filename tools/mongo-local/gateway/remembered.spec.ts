// What the gateway remembers for clients that ask again: cursors, ends of transactions, answers of writes.
import { Cursors } from './cursors.ts';
import { Outcomes } from './outcomes.ts';
import { RetryableWrites } from './retryable-writes.ts';

const MINUTE_MS = 60_000;
const clock = () => {
  let ms = 0;
  return { now: () => ms, pass: (minutes: number) => (ms += minutes * MINUTE_MS) };
};
const place = { continuation: Buffer.from('on'), namespace: 'a.b', transaction: undefined };

describe('a cursor', () => {
  test('is found for ten minutes after its last use', () => {
    const { now, pass } = clock();
    const cursors = new Cursors(now);
    cursors.put(1n, place);
    pass(9);
    cursors.put(1n, place);
    pass(9);
    expect(cursors.get(1n, undefined)).toMatchObject(place);
    pass(1);
    expect(cursors.get(1n, undefined)).toBeUndefined();
  });

  test('gives way when there are too many, the one unused for longest first', () => {
    const cursors = new Cursors(() => 0, 2);
    for (const id of [1n, 2n, 3n]) cursors.put(id, place);
    expect([1n, 2n, 3n].map((id) => cursors.get(id, undefined) !== undefined)).toEqual([false, true, true]);
  });

  test('belongs to its transaction and ends with it', () => {
    const cursors = new Cursors(() => 0);
    cursors.put(1n, { ...place, transaction: 'tx' });
    expect([cursors.get(1n, undefined), cursors.get(1n, 'other')]).toEqual([undefined, undefined]);
    expect(cursors.get(1n, 'tx')).toBeDefined();
    cursors.endTransaction('tx');
    expect(cursors.get(1n, 'tx')).toBeUndefined();
  });
});

test('the end of a transaction is known for five minutes', () => {
  const { now, pass } = clock();
  const outcomes = new Outcomes(now);
  outcomes.set('tx', 'committed');
  pass(4);
  expect(outcomes.get('tx')).toBe('committed');
  pass(1);
  expect(outcomes.get('tx')).toBeUndefined();
});

describe('a retryable write', () => {
  const ref = (number: bigint) => ({ session: 's', number, key: `s:${number}` });
  const writes = () => {
    let runs = 0;
    const write = async () => Buffer.from(String((runs += 1)));
    return { write, runs: () => runs };
  };

  test('runs once for one number, also while it is under way', async () => {
    const retryable = new RetryableWrites(() => 0);
    const { write, runs } = writes();
    const answers = await Promise.all([retryable.answer(ref(1n), write), retryable.answer(ref(1n), write)]);
    expect(answers.map(String)).toEqual(['1', '1']);
    expect(String(await retryable.answer(ref(1n), write))).toBe('1');
    expect(runs()).toBe(1);
  });

  test('runs for the next number', async () => {
    const retryable = new RetryableWrites(() => 0);
    const { write, runs } = writes();
    await retryable.answer(ref(1n), write);
    await retryable.answer(ref(2n), write);
    expect(runs()).toBe(2);
  });

  test('that failed may be tried again', async () => {
    const retryable = new RetryableWrites(() => 0);
    const { write } = writes();
    await expect(retryable.answer(ref(1n), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(String(await retryable.answer(ref(1n), write))).toBe('1');
  });
});
