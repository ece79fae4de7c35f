import { mulberry32, quantise16, quantise24, quantise24In32, samplesOf16 } from './index';

test('16 bits follow the definition: two draws a sample, one seed, clipped', () => {
  const draw = mulberry32(0x47545331);
  const x = Float32Array.of(0, 0.5, -0.25, 1, -1, 1.5, -1.5, 1e-5);
  const expected = Array.from(x, (v) => {
    const [u1, u2] = [draw(), draw()];
    return Math.max(-32_768, Math.min(32_767, Math.floor(32_768 * v + u1 - u2 + 0.5)));
  });
  expect([...quantise16(x)]).toEqual(expected);
});

test('24 bits are rounded and clipped, and lie in the upper bytes for encoders', () => {
  const x = Float32Array.of(0, 0.5, -1, 1, 2, -2, 0.5 / 8_388_608);
  const expected = [0, 4_194_304, -8_388_608, 8_388_607, 8_388_607, -8_388_608, 1];
  expect([...quantise24(x)]).toEqual(expected);
  expect([...quantise24In32(x)]).toEqual(expected.map((q) => q * 256));
  expect([...quantise24In32(x, new Int32Array(x.buffer))]).toEqual(expected.map((q) => q * 256));
});

test('16-bit integers come back as samples', () => {
  expect([...samplesOf16(Int16Array.of(0, 16_384, -32_768, 32_767))]).toEqual([
    0,
    0.5,
    -1,
    Math.fround(32_767 / 32_768),
  ]);
});
