import { RATE } from './clock';
import { Deck } from './deck';
import { FakeContext } from './fake-audio';
import { createPlayer } from './index';
import { loadingOrder } from './loader';
import type { Law } from './types';

const TONES = ['a', 'b', 'c'];
const buffer = (frames = 60 * RATE) => ({ length: frames, duration: frames / RATE }) as AudioBuffer;

/** mulberry32: the same sequence for the same seed. */
function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function started() {
  const context = new FakeContext();
  const deck = new Deck(context as unknown as AudioContext, () => undefined);
  for (const id of TONES) deck.add(id, buffer(), { active: id === 'a' });
  deck.start(0, 'a');
  const fades = () => context.gains.slice(-TONES.length).map((node) => node.gain.rendered);
  return { context, deck, fades };
}

function play(seed: number, law: Law): number[][] {
  const random = seeded(seed);
  const { context, deck, fades } = started();
  context.advance(4800);
  let active = 'a';
  for (let i = 0; i < 8; i++) {
    const next = TONES[Math.floor(random() * TONES.length)] ?? 'a';
    // The player drops a press of the sounding tone; so does this drive.
    if (next !== active) deck.switchTo(next, law);
    active = next;
    context.advance(144 + Math.floor(random() * 1300));
  }
  context.advance(960);
  return fades().map((rendered) => rendered.slice(2400));
}

function largestStep(gains: readonly number[]): number {
  let most = 0;
  for (let i = 1; i < gains.length; i++) {
    const step = (gains[i] ?? 0) - (gains[i - 1] ?? 0);
    if (step > most) most = step;
    else if (-step > most) most = -step;
  }
  return most;
}
const sums = (gains: readonly number[][]) =>
  (gains[0] ?? []).map((_, i) => gains.reduce((sum, each) => sum + (each[i] ?? 0), 0));

test.each([
  ['sighted', 1 / 480],
  ['blind', 1 / 240],
] as const)('%s: no step between two frames is larger than the law allows, whatever is pressed', (law, bound) => {
  let most = 0;
  for (let seed = 0; seed < 1000; seed++)
    for (const gains of play(seed, law)) most = Math.max(most, largestStep(gains));
  expect(most).toBeLessThanOrEqual(bound * 1.0001);
  expect(most).toBeGreaterThan(bound * 0.9);
});

test('sighted gains always sum to 1, blind ones never above 1', () => {
  for (let seed = 0; seed < 100; seed++) {
    const off = sums(play(seed, 'sighted')).map((sum) => Math.abs(sum - 1));
    expect(Math.max(...off)).toBeLessThanOrEqual(1e-6);
    expect(Math.max(...sums(play(seed, 'blind')))).toBeLessThanOrEqual(1 + 1e-6);
  }
});

test('all tones start on one whole frame at one offset, and a late one joins where the tape is', () => {
  const { context, deck } = started();
  context.advance(12_345);
  deck.add('late', buffer(), { active: false });
  const frames = context.sources.map(({ started: when }) => (when ?? [0, 0]).map((t) => t * RATE));
  for (const pair of frames) for (const frame of pair) expect(Math.abs(frame - Math.round(frame))).toBeLessThan(1e-6);
  const [first, late] = [frames[0] ?? [], frames.at(-1) ?? []];
  expect(new Set(frames.slice(0, 3).map(String)).size).toBe(1);
  expect((late[1] ?? 0) - (first[1] ?? 0)).toBeCloseTo((late[0] ?? 0) - (first[0] ?? 0), 6);
});

test('the wanted tone loads first, then its neighbours', () => {
  const sources = ['a', 'b', 'c', 'd'].map((id) => ({ id, url: id, frames: 1 }));
  expect(loadingOrder(sources, 'c').map((source) => source.id)).toEqual(['c', 'b', 'd', 'a']);
});

describe('the player', () => {
  const frames = 2 * RATE;
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const broken = { bad: () => Promise.reject(new Error('500')), short: () => Promise.resolve(new ArrayBuffer(1)) };
  function given() {
    const context = new FakeContext();
    const player = createPlayer({
      context: () => context as unknown as AudioContext,
      fetch: (url) =>
        url === 'bad' ? broken.bad() : url === 'short' ? broken.short() : Promise.resolve(new ArrayBuffer(8)),
      decode: (bytes) => Promise.resolve(buffer(bytes.byteLength === 1 ? 7 : frames)),
    });
    return { context, player };
  }

  test('a broken tone and one of wrong length fail alone; the rest plays', async () => {
    const { player, context } = given();
    player.load(
      [
        { id: '1', url: 'bad', frames },
        { id: '2', url: 'short', frames },
        { id: '3', url: 'ok', frames },
      ],
      '3',
    );
    await player.play();
    await settled();
    expect(player.state().sources.map(({ phase, code }) => [phase, code])).toEqual([
      ['failed', 'load-failed'],
      ['failed', 'wrong-length'],
      ['ready', undefined],
    ]);
    expect(player.state().status).toBe('playing');
    context.advance(RATE);
    expect(player.positionMs()).toBeCloseTo(950, 0);
  });

  test('pause keeps the frame, seek moves it, play goes on there', async () => {
    const { player, context } = given();
    player.load(
      [
        { id: '1', url: 'ok', frames },
        { id: '2', url: 'ok', frames },
      ],
      '1',
    );
    await settled();
    await player.play();
    context.advance(RATE / 2);
    player.select('2');
    context.advance(RATE / 2);
    player.pause();
    const at = player.positionMs();
    expect(at).toBeGreaterThan(950);
    expect([...player.heard().keys()]).toEqual(['1', '2']);
    player.seek(250);
    expect(player.positionMs()).toBe(250);
    await player.play();
    expect(context.sources.at(-1)?.started?.[1]).toBe(0.25);
  });

  test('the end stops, goes back to the start and keeps the tone', async () => {
    const { player, context } = given();
    player.load(
      [
        { id: '1', url: 'ok', frames },
        { id: '2', url: 'ok', frames },
      ],
      '2',
    );
    await settled();
    await player.play();
    context.advance(3 * RATE);
    context.sources[0]?.onended?.();
    expect(player.state()).toMatchObject({ status: 'paused', active: '2' });
    expect(player.positionMs()).toBe(0);
  });
});
