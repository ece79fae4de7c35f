import type { MessageId } from '@gts/kernel';
import { A, code, message } from './kit';
import type { OutboxMark } from '../ports';
import type { Fresh } from './make';

const m = 'm' as MessageId;

// oxlint-disable-next-line eslint/max-lines-per-function -- a list of tests, as in a spec
export function isolation(fresh: Fresh): void {
  test('S13 of two units on one inbox key one wins, the other sees "already"', async () => {
    const { store } = await fresh();
    const take = () => store.transaction(A, (unit) => unit.inbox.insert('consumer', m, 'digest'));
    const results = await Promise.allSettled([take(), take()]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: code('DUPLICATE_KEY') });
    const seen = await store.transaction(A, (unit) => unit.inbox.seen('consumer', [m, 'x' as MessageId]));
    expect([...seen]).toEqual([[m, 'digest']]);
    await store.transaction(A, (unit) => unit.inbox.insert('other', m, 'digest'));
  });
  test('S27 a lease is exclusive, ends by store time, and a stale epoch is refused', async () => {
    const { store, clock } = await fresh();
    expect(await store.leases.acquire('l', 'one', 10_000)).toBe(1);
    expect(await store.leases.acquire('l', 'two', 10_000)).toBeUndefined();
    expect(await store.leases.acquire('l', 'one', 10_000)).toBe(1);
    expect(await store.leases.renew('l', 'one', 1, 10_000)).toBe(true);
    const verify = (epoch: number) => store.transaction(A, (unit) => unit.leases.verify('l', epoch));
    await verify(1);
    clock.advance(10_001);
    await expect(verify(1)).rejects.toEqual(code('LEASE_LOST'));
    expect(await store.leases.renew('l', 'one', 1, 10_000)).toBe(false);
    expect(await store.leases.acquire('l', 'two', 10_000)).toBe(2);
    await expect(verify(1)).rejects.toEqual(code('LEASE_LOST'));
    await verify(2);
    await store.leases.release('l', 'one', 1);
    expect(await store.leases.acquire('l', 'one', 10_000)).toBeUndefined();
    await store.leases.release('l', 'two', 2);
    expect(await store.leases.acquire('l', 'two', 10_000)).toBe(3);
    expect(await store.now()).toBe(clock.now());
  });
  test('S27 many leases are renewed and verified together; the lost ones are named', async () => {
    const { store, clock } = await fresh();
    const held = new Map<string, number>();
    for (const name of ['p/1', 'p/2', 'p/3']) held.set(name, (await store.leases.acquire(name, 'one', 10_000)) ?? 0);
    await store.leases.acquire('q/1', 'two', 10_000);
    expect([...(await store.leases.held('p/'))].toSorted()).toEqual(['p/1', 'p/2', 'p/3']);
    expect(await store.leases.renewAll('one', new Map(), 10_000)).toEqual(new Set());
    clock.advance(9000);
    expect(await store.leases.renewAll('two', held, 10_000)).toEqual(new Set());
    const some = new Map([...held].slice(0, 2));
    expect(await store.leases.renewAll('one', some, 10_000)).toEqual(new Set(['p/1', 'p/2']));
    clock.advance(2000);
    expect([...(await store.leases.held('p/'))].toSorted()).toEqual(['p/1', 'p/2']);
    const verify = (these: ReadonlyMap<string, number>) => store.transaction(A, (unit) => unit.leases.verifyAll(these));
    await verify(some);
    await expect(verify(held)).rejects.toMatchObject({ code: 'STORE.LEASE_LOST', details: { names: ['p/3'] } });
    expect(await store.leases.acquire('p/3', 'two', 10_000)).toBe(2);
    expect(await store.leases.renewAll('one', held, 10_000)).toEqual(new Set(['p/1', 'p/2']));
  });
  test('S28 a row that is committed late with an older id is found', async () => {
    const { store } = await fresh();
    const add = (n: number) => store.transaction(A, async (unit) => unit.outbox.add(message(n)));
    const found = async () => (await store.outbox.window({ partitions: [3], limit: 9 })).map(({ id }) => id);
    await add(2);
    const mark = { id: message(2).id, state: 'published', streamSeq: 7 } as const;
    await store.transaction(A, (unit) => unit.outbox.mark([mark]));
    await add(1);
    expect(await found()).toEqual([message(1).id]);
    expect(await store.outbox.get(message(2).id)).toMatchObject({ state: 'published', streamSeq: 7 });
  });
  test('the outbox keeps bytes and order, and shows what a relay needs', async () => {
    const { store, clock } = await fresh();
    const row = (n: number, orderKey: string, orderSeq: number) => message(n, { orderKey, orderSeq });
    await store.transaction(A, async (unit) => {
      unit.outbox.add(row(3, 'K/1', 2));
      unit.outbox.add(row(4, 'K/1', 1));
      unit.outbox.add(row(5, 'K/2', 1));
      unit.outbox.add(message(6, { partition: 4 }));
      unit.outbox.add(message(7, { stream: 'EVT_PAUSED' }));
    });
    const window = (blockedKeys: string[] = []) =>
      store.outbox.window({ partitions: [3], limit: 9, pausedStreams: ['EVT_PAUSED'], blockedKeys });
    expect((await window(['K/2'])).map(({ id }) => id)).toEqual([message(3).id, message(4).id]);
    const heads = await store.outbox.heads(['K/1', 'K/9'], 1);
    expect(heads.get('K/1')?.map(({ id }) => id)).toEqual([message(4).id]);
    expect(heads.get('K/9') ?? []).toEqual([]);
    const kept = await store.outbox.get(message(4).id);
    expect(kept).toMatchObject({ headers: { h: 'v' }, state: 'pending', attempts: 0, createdAt: clock.now() });
    expect([...(kept?.body ?? [])]).toEqual([1, 2, 255]);
    await store.transaction(A, (unit) =>
      unit.outbox.mark([
        { id: message(4).id, state: 'pending', attempts: 2, delayMs: 1000, lastError: 'e' },
        { id: message(5).id, state: 'quarantined', lastError: 'BUS.X' },
      ]),
    );
    expect((await window()).map(({ id }) => id)).toEqual([message(3).id]);
    expect((await store.outbox.heads(['K/1', 'K/2'], 5)).get('K/1')?.map(({ orderSeq }) => orderSeq)).toEqual([1, 2]);
    expect(await store.outbox.stats()).toEqual({ pending: 4, quarantined: 1, oldestPendingAt: clock.now() });
    expect(await store.outbox.list({ state: 'quarantined', limit: 5 })).toMatchObject({
      items: [{ lastError: 'BUS.X' }],
      next: null,
    });
    const first = await store.outbox.list({ state: 'pending', limit: 3 });
    const second = await store.outbox.list({ state: 'pending', limit: 3, after: first.next ?? undefined });
    expect([first.items.length, second.items.length, second.next]).toEqual([3, 1, null]);
    clock.advance(999);
    expect((await window()).map(({ id }) => id)).toEqual([message(3).id]);
    clock.advance(1);
    expect((await window()).map(({ id }) => id)).toEqual([message(3).id, message(4).id]);
    const twice = store.transaction(A, async (unit) => unit.outbox.add(row(8, 'K/1', 2)));
    await expect(twice).rejects.toMatchObject({ code: 'STORE.DUPLICATE_KEY', details: { index: 'order' } });
  });
  test('of rows that are judged only those in quarantine change, and of two judgements at once one counts', async () => {
    const { store } = await fresh();
    const ids = [1, 2, 3].map((n) => message(n).id);
    await store.transaction(A, async (unit) => [1, 2, 3].forEach((n) => unit.outbox.add(message(n))));
    const aside = [1, 2].map((n) => ({ id: message(n).id, state: 'quarantined', lastError: 'BUS.X' }) as const);
    await store.transaction(A, (unit) => unit.outbox.mark(aside));
    await store.transaction(A, (unit) => unit.outbox.mark([{ id: message(2).id, state: 'published', streamSeq: 7 }]));
    const skip = [...ids, message(9).id].map((id) => ({ id, state: 'skipped', lastError: 'why' }) as const);
    const release = ids.map((id) => ({ id, state: 'pending', attempts: 0, delayMs: 0, lastError: undefined }) as const);
    const judge = (marks: readonly OutboxMark[]) => store.transaction(A, (unit) => unit.outbox.judge(marks));
    const [skipped, released] = await Promise.all([judge(skip), judge(release)]);
    expect([...skipped, ...released]).toEqual([message(1).id]);
    const states = await Promise.all(ids.map(async (id) => (await store.outbox.get(id))?.state));
    expect(states).toEqual([skipped.length > 0 ? 'skipped' : 'pending', 'published', 'pending']);
  });
  test('a window, heads and lists of hundreds come whole and in order', async () => {
    const { store } = await fresh();
    const numbers = Array.from({ length: 300 }, (_, n) => n);
    await store.transaction(A, async (unit) => {
      for (const n of numbers) unit.outbox.add(message(n));
    });
    const all = numbers.map((n) => message(n).id);
    const window = await store.outbox.window({ partitions: [3], limit: 512 });
    expect(window.map(({ id }) => id)).toEqual(all);
    const heads = await store.outbox.heads(window.map(({ orderKey }) => orderKey).slice(0, 256), 16);
    expect([...heads.values()].map((rows) => rows.length)).toEqual(Array.from({ length: 256 }, () => 1));
    expect((await store.outbox.list({ state: 'pending', limit: 250 })).items.map(({ id }) => id)).toEqual(
      all.slice(0, 250),
    );
  });
  test('published rows are read again in the order in which they were published', async () => {
    const { store, clock } = await fresh();
    const since = clock.now();
    const keys = ['K/2', 'K/1', 'K/1', 'K/2'];
    await store.transaction(A, async (unit) => {
      for (const [n, orderKey] of keys.entries()) unit.outbox.add(message(n, { orderKey, orderSeq: 9 - n }));
      unit.outbox.add(message(8, { stream: 'EVT_OTHER' }));
      unit.outbox.add(message(9));
    });
    const publish = (ns: readonly number[]) =>
      store.transaction(A, (unit) =>
        unit.outbox.mark(ns.map((n) => ({ id: message(n).id, state: 'published', streamSeq: n + 1 }) as const)),
      );
    await publish([1, 2, 3, 8]);
    clock.advance(5);
    await publish([0]);
    clock.advance(5);
    const range = { since, until: clock.now(), stream: message(1).stream };
    const first = await store.outbox.published({ ...range, limit: 3 });
    const second = await store.outbox.published({ ...range, limit: 3, after: first.next ?? undefined });
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(ids).toEqual([2, 1, 3, 0].map((n) => message(n).id));
    expect([second.next, await store.outbox.countPublished(range)]).toEqual([null, 4]);
    expect(await store.outbox.countPublished({ since, until: range.until })).toBe(5);
    expect(await store.outbox.countPublished({ since: range.until, until: range.until })).toBe(0);
  });
}
