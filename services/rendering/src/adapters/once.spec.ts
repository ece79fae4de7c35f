import { onceOf } from './once';

const forever = new AbortController().signal;
const world = () => {
  const [once, begun, end] = [
    onceOf(),
    Promise.withResolvers<(part: number) => void>(),
    Promise.withResolvers<string>(),
  ];
  let computed = 0;
  const compute = (tell: (part: number) => void): Promise<string> => {
    computed += 1;
    begun.resolve(tell);
    return end.promise;
  };
  return { once, begun: begun.promise, end, compute, computed: () => computed };
};

test('equal keys at one time are computed once, and all who wait hear how far it is', async () => {
  const { once, begun, end, compute, computed } = world();
  const heard: string[] = [];
  const hear = (who: string) => ({ signal: forever, onProgress: (part: number) => void heard.push(`${who} ${part}`) });
  const both = ['first', 'second'].map((who) => once('k', hear(who), compute));
  (await begun)(0.5);
  end.resolve('sound');
  expect(await Promise.all(both)).toEqual(['sound', 'sound']);
  expect([computed(), heard]).toEqual([1, ['first 0.5', 'second 0.5']]);
});
test('who waits and is cancelled does not wait any longer; the others do', async () => {
  const { once, end, compute } = world();
  const first = once('k', { signal: forever }, compute);
  const cancel = new AbortController();
  const second = once('k', { signal: cancel.signal }, compute);
  cancel.abort(new DOMException('enough', 'AbortError'));
  await expect(second).rejects.toMatchObject({ name: 'AbortError' });
  end.resolve('sound');
  await expect(first).resolves.toBe('sound');
});
test('a failure is the own: the next one computes anew', async () => {
  const { once, end, compute } = world();
  const first = once('k', { signal: forever }, compute);
  const second = once('k', { signal: forever }, async () => 'mine');
  end.reject(new Error('cancelled'));
  await expect(first).rejects.toThrow('cancelled');
  await expect(second).resolves.toBe('mine');
});
test('other keys do not wait', async () => {
  const { once, end, compute } = world();
  const first = once('k', { signal: forever }, compute);
  await expect(once('other', { signal: forever }, async () => 'mine')).resolves.toBe('mine');
  end.resolve('sound');
  await first;
});
