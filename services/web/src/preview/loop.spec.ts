import { Loop } from './loop';

const FADE = 480;
const ramp = (length: number, from = 0) => Float32Array.from({ length }, (_, i) => (from + i) / 100_000);
const constant = (value: number, length = 1000) => new Float32Array(length).fill(value);
function take(loop: Loop, frames: number): Float32Array {
  const out = new Float32Array(frames);
  for (let at = 0; at < frames; at += 128) loop.fill(out.subarray(at, Math.min(frames, at + 128)));
  return out;
}
const steepest = (x: Float32Array) => x.reduce((most, v, i) => Math.max(most, Math.abs(v - (x[i - 1] ?? v))), 0);

test('what is swapped in goes on at the position that sounds, and repeats exactly', () => {
  const loop = new Loop();
  const [one, other] = [ramp(2000), ramp(2000, 50_000)];
  loop.swap(one);
  take(loop, 1500);
  loop.swap(other);
  take(loop, FADE);
  const heard = take(loop, 4000);
  expect(heard).toEqual(Float32Array.from({ length: 4000 }, (_, i) => other[(1500 + FADE + i) % 2000] ?? NaN));
});
test('the fade is linear and lasts 10 ms', () => {
  const loop = new Loop();
  loop.swap(constant(1));
  expect(take(loop, FADE + 1)).toEqual(Float32Array.from({ length: FADE + 1 }, (_, i) => Math.min(1, (i + 1) / FADE)));
  loop.swap(constant(-1));
  const heard = take(loop, FADE);
  expect(heard[FADE / 2 - 1]).toBeCloseTo(0, 6);
  expect(heard[FADE - 1]).toBe(-1);
});
test('swaps within a fade wait, and only the last of them is heard, without a click', () => {
  const loop = new Loop();
  loop.swap(constant(0.5));
  const heard = [take(loop, 100)];
  for (const value of [1, -1, 0.25, -0.75]) {
    loop.swap(constant(value, 700 + 100 * value));
    heard.push(take(loop, 50));
  }
  heard.push(take(loop, 2 * FADE));
  const all = Float32Array.from(heard.flatMap((part) => [...part]));
  expect(all.at(-1)).toBe(-0.75);
  expect(Math.max(...all)).toBeLessThanOrEqual(0.5);
  expect(steepest(all)).toBeLessThanOrEqual(2 / FADE);
});
test('a stop ends in silence after 10 ms, and what comes next starts at its beginning', () => {
  const loop = new Loop();
  expect(loop.silent).toBe(true);
  loop.swap(constant(0.8));
  take(loop, 900);
  loop.swap(null);
  expect(loop.silent).toBe(false);
  expect(steepest(take(loop, FADE))).toBeLessThanOrEqual(0.81 / FADE);
  expect(loop.silent).toBe(true);
  expect(take(loop, 256)).toEqual(new Float32Array(256));
  loop.swap(ramp(2000));
  take(loop, FADE);
  expect(take(loop, 1)[0]).toBe(Math.fround(FADE / 100_000));
});
test('a shorter signal, an empty one and the same one again do no harm', () => {
  const loop = new Loop();
  const signal = constant(0.5, 2000);
  loop.swap(signal);
  take(loop, 1900);
  loop.swap(signal);
  expect(steepest(take(loop, 600))).toBe(0);
  loop.swap(constant(0.5, 700));
  expect(steepest(take(loop, 3000))).toBe(0);
  loop.swap(new Float32Array(0));
  take(loop, FADE);
  expect(loop.silent).toBe(true);
});
