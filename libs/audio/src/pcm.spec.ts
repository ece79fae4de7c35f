import { release } from './pcm';

test('signals give their memory back, also when somebody has done it before', () => {
  const x = new Float32Array(100);
  release(x);
  release(x);
  expect([x.length, x.buffer.detached]).toEqual([0, true]);
});
test('what is shared, or a part of something larger, stays', () => {
  const [shared, whole] = [new Float32Array(new SharedArrayBuffer(16)), new Float32Array(16)];
  release(shared, whole.subarray(4));
  expect([shared.length, whole.length]).toEqual([4, 16]);
});
