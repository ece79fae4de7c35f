import { openEdge } from '../../../tests/support/edge';
import { routes } from './application';
import { openApi } from './application/docs/openapi';

let edge: Awaited<ReturnType<typeof openEdge>>;
beforeAll(async () => {
  edge = await openEdge();
});
afterAll(() => edge.close());

const { paths } = openApi(routes) as { paths: Record<string, Record<string, unknown>> };
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

test.each(Object.entries(paths))('%s serves the listed methods and no other', async (path, listed) => {
  const methods = Object.keys(listed).map((each) => each.toUpperCase());
  const shown = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
  const address = `http://127.0.0.1:${edge.port}${path.replaceAll(/\{\w+\}/g, 'x')}`;
  const allowed = new Set<string>();
  for (const method of METHODS.filter((each) => !methods.includes(each))) {
    const answer = await fetch(address, { method });
    expect([method, answer.status]).toEqual([method, 405]);
    allowed.add(answer.headers.get('allow') ?? '');
  }
  expect([...allowed].map((each) => each.split(', ').toSorted())).toEqual([shown.toSorted()]);
  const open = methods.filter((method) => method !== 'GET' || path !== '/api/v1/events');
  const statuses = await Promise.all(open.map(async (method) => (await fetch(address, { method })).status));
  expect(statuses).not.toContain(405);
});
