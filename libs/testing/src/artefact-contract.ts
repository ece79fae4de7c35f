import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ArtefactStore } from '@gts/artefacts';
import type { Clock } from '@gts/kernel';
import { manualClock } from './clock';

/** One store as several contexts see it; `damage` changes stored bytes behind its back, `leftovers` counts temporary files. */
export type ArtefactFixture = Readonly<{
  handle(context: string): ArtefactStore;
  setRoom(bytes: number): void;
  damage(sha256: string): Promise<void>;
  leftovers(): Promise<number>;
  close(): Promise<void>;
}>;

const MIB = 1 << 20;
const HOUR_MS = 3_600_000;
const text = (value: string): Uint8Array => Buffer.from(value);
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function bytesOf(stream: Readable | null): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of stream ?? []) parts.push(chunk as Uint8Array);
  return Buffer.concat(parts);
}

/** Every promise of the artefact port (audio.md §7); each adapter runs the same suite. */
export function artefactContract(name: string, make: (clock: Clock) => Promise<ArtefactFixture>): void {
  describe(`artefacts: ${name}`, () => {
    const clock = manualClock(Date.now() + HOUR_MS);
    let fixture: ArtefactFixture;
    let store: ArtefactStore;
    beforeEach(async () => {
      fixture = await make(clock);
      store = fixture.handle('rendering');
    });
    afterEach(() => fixture.close());

    roundTrips(() => store);
    failures(() => ({ fixture, store }));
    garbage(() => ({ fixture, store, clock }));
  });
}

function roundTrips(current: () => ArtefactStore): void {
  test('gives back what was put, under its hash', async () => {
    const bytes = text('a riff');
    expect(await current().put(bytes)).toEqual({ sha256: sha(bytes), bytes: 6 });
    expect(await bytesOf(await current().get(sha(bytes)))).toEqual(bytes);
    expect(await current().read(sha(bytes))).toEqual(bytes);
    expect(await current().stat(sha(bytes))).toEqual({ sha256: sha(bytes), bytes: 6 });
  });
  test('keeps nothing as well', async () => {
    const { sha256 } = await current().put(new Uint8Array());
    expect(await current().stat(sha256)).toEqual({ sha256, bytes: 0 });
    expect((await bytesOf(await current().get(sha256))).length).toBe(0);
  });
  test('takes 50 MB as a stream', async () => {
    const chunk = Buffer.alloc(MIB, 7);
    const { sha256, bytes } = await current().put(Readable.from(Array.from({ length: 50 }, () => chunk)));
    expect(bytes).toBe(50 * MIB);
    const whole = await bytesOf(await current().get(sha256));
    expect(sha(whole)).toBe(sha256);
  });
  test('reads ranges: first, middle, suffix, past the end', async () => {
    const { sha256 } = await current().put(text('0123456789'));
    const range = async (start: number, end: number) =>
      String(await bytesOf(await current().get(sha256, { start, end })));
    expect(await Promise.all([range(0, 0), range(3, 5), range(8, 9), range(8, 99), range(10, 20)])).toEqual([
      '0',
      '345',
      '89',
      '89',
      '',
    ]);
  });
  test('is one object for two writers of one content', async () => {
    const chunks = () => Readable.from([text('same '), text('bytes')]);
    const [first, second] = await Promise.all([current().put(chunks()), current().put(chunks())]);
    expect(first).toEqual(second);
    expect(String(await current().read(first.sha256))).toBe('same bytes');
  });
  test.each(['0'.repeat(64), '../../etc/passwd', ''])('has nothing under %p', async (name) => {
    expect([await current().get(name), await current().read(name), await current().stat(name)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(await current().keep(name)).toBe(false);
  });
}

function failures(current: () => { fixture: ArtefactFixture; store: ArtefactStore }): void {
  test('an interrupted put leaves nothing', async () => {
    const { store, fixture } = current();
    const broken = Readable.from(
      (async function* () {
        yield text('half');
        throw new Error('the line went dead');
      })(),
    );
    await expect(store.put(broken)).rejects.toThrow('the line went dead');
    expect(await store.stat(sha(text('half')))).toBeNull();
    expect(await fixture.leftovers()).toBe(0);
  });
  test('notices damaged bytes in every whole read', async () => {
    const { store, fixture } = current();
    const { sha256 } = await store.put(text('precious'));
    await fixture.damage(sha256);
    const corrupt: unknown = expect.objectContaining({ code: 'input.corrupt' });
    await expect(store.read(sha256)).rejects.toEqual(corrupt);
    await expect(store.get(sha256).then(bytesOf)).rejects.toEqual(corrupt);
  });
  test('refuses when full, and more than the limit', async () => {
    const { store, fixture } = current();
    fixture.setRoom(3);
    await expect(store.put(text('four'))).rejects.toMatchObject({ code: 'store.full', kind: 'unavailable' });
    fixture.setRoom(1000);
    await expect(store.put(text('four'), { limit: 3 })).rejects.toMatchObject({ code: 'store.too_large' });
    expect(await fixture.leftovers()).toBe(0);
  });
}

function garbage(
  current: () => { fixture: ArtefactFixture; store: ArtefactStore; clock: { advance(ms: number): void } },
) {
  test('a reader finishes although the content is deleted and swept meanwhile', async () => {
    const { store, clock } = current();
    const { sha256 } = await store.put(text('still reading'));
    const stream = await store.get(sha256);
    await store.delete(sha256);
    clock.advance(25 * HOUR_MS);
    expect(await store.sweep()).toBe(1);
    expect(String(await bytesOf(stream))).toBe('still reading');
    expect(await store.get(sha256)).toBeNull();
  });
  test('stays while any context marks it, and for 24 h after', async () => {
    const { store, fixture, clock } = current();
    const other = fixture.handle('shootouts');
    const { sha256 } = await store.put(text('shared'));
    expect(await other.keep(sha256)).toBe(true);
    await store.delete(sha256);
    clock.advance(48 * HOUR_MS);
    expect(await store.sweep()).toBe(0);
    await other.delete(sha256);
    clock.advance(23 * HOUR_MS);
    expect(await store.sweep()).toBe(0);
    clock.advance(2 * HOUR_MS);
    expect(await store.sweep()).toBe(1);
    expect(await other.keep(sha256)).toBe(false);
  });
}
