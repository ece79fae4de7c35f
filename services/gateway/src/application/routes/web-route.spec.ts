import { anId, manualClock } from '@gts/testing';
import type { Ports } from '../ports';
import type { EdgeRequest } from '../route';
import { webRoute } from './web-route';

const file = { hash: 'h', type: 'text/html', bytes: Buffer.from('page') };
const shown = async (url: string, answer: () => Promise<unknown>) => {
  const ports = { web: { read: async () => file }, rpc: { call: answer }, clock: manualClock() } as unknown as Ports;
  return webRoute.act({ url, headers: {}, ctx: {} } as unknown as EdgeRequest, ports);
};
const page = `/s/${anId<'Shootout'>(1)}`;

test.each([
  ['public', undefined],
  ['unlisted', 'noindex'],
  ['private', 'noindex'],
])('the page of a %s shootout tells robots %s', async (visibility, told) => {
  const { headers } = await shown(page, async () => ({ visibility }));
  expect(headers?.['x-robots-tag']).toBe(told);
});

test('a missing one looks like a private one, also while nobody can be asked', async () => {
  const { headers, status } = await shown(page, () => Promise.reject(new Error('away')));
  expect([headers?.['x-robots-tag'], status]).toEqual(['noindex', undefined]);
});

test('other pages ask nobody', async () => {
  const { headers } = await shown('/', () => Promise.reject(new Error('asked')));
  expect(headers).not.toHaveProperty('x-robots-tag');
});
