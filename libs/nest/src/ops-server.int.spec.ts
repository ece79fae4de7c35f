import { manualClock } from '@gts/testing';
import { startOpsServer } from './ops-server';
import { readiness } from './readiness';

test('says what is missing until everything is there', async () => {
  const state = readiness(['broker', 'store'], { version: '1.0.0', clock: manualClock() });
  const ops = await startOpsServer({
    host: '127.0.0.1',
    port: 0,
    readiness: state,
    live: () => true,
    metrics: () => Promise.resolve('x 1\n'),
  });
  const get = (path: string) => fetch(`http://127.0.0.1:${ops.port}${path}`);
  const before = await get('/health/ready');
  expect([before.status, await before.json()]).toEqual([
    503,
    expect.objectContaining({ status: 'starting', version: '1.0.0' }),
  ]);
  state.set('broker', undefined);
  state.set('store', undefined);
  state.warn('durability', 'relaxed');
  expect(await (await get('/health/ready')).json()).toMatchObject({
    status: 'ready',
    missing: [{ what: 'durability', why: 'relaxed' }],
  });
  expect((await get('/health/live')).status).toBe(200);
  expect(await (await get('/metrics')).text()).toBe('x 1\n');
  expect((await get('/other')).status).toBe(404);
  await ops.close();
});
