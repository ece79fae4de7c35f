import type { NatsConnection } from 'nats';
import { workOn } from './compare';
import { consumerConfig, featuresOf, isSupported } from './configs';

const MIB = 2 ** 20;
const brokerOf = (version: string, most = MIB) =>
  ({ info: { version, max_payload: most }, jetstreamManager: () => Promise.resolve({}) }) as unknown as NatsConnection;

test.each([
  ['2.8.4', false, 'nothing more'],
  ['2.9.9', false, 'nothing more'],
  ['2.9.10', true, 'nothing more'],
  ['2.10.0-beta.1', true, 'sync_interval'],
  ['2.11.3', true, 'sync_interval'],
  ['2.12.0', true, 'sync_interval'],
  ['2.12.1', true, 'atomic batches'],
  ['3.0.0', true, 'atomic batches'],
])('nats-server %s: supported %p, knows %s', (version, ok, most) => {
  expect(isSupported(version)).toBe(ok);
  const atomicBatch = most === 'atomic batches';
  const newer = atomicBatch || most === 'sync_interval';
  expect(featuresOf(version)).toEqual({ multiFilter: newer, syncInterval: newer, atomicBatch });
});

test('an older broker is refused by its version', async () => {
  await expect(workOn(brokerOf('2.9.9'))).rejects.toMatchObject({ code: 'BUS.TOPOLOGY_REFUSED' });
  expect(await workOn(brokerOf('2.9.10'))).toMatchObject({ server: '2.9.10' });
});

test('a broker that does not take the largest message is refused by what it says of itself', async () => {
  const refused = {
    code: 'BUS.TOPOLOGY_REFUSED',
    message: expect.stringMatching(/max_payload.*1048575.*1048576/) as string,
  };
  await expect(workOn(brokerOf('2.10.0', MIB - 1))).rejects.toMatchObject(refused);
});

test('a broker with one filter gets the wildcard of all, or the whole stream where none fits', () => {
  const spec = { stream: 'S', durable: 'd', service: 'identity', ackWaitMs: 1, maxAckPending: 1 } as const;
  const filters = ['evt.x.*.A.One', 'evt.x.*.A.Two', 'evt.x.*.B'];
  const old = { multiFilter: false };
  expect(consumerConfig({ ...spec, filters }, old)).toMatchObject({ filter_subject: 'evt.x.*.>' });
  expect(consumerConfig({ ...spec, filters: filters.slice(0, 2) }, old)).toMatchObject({
    filter_subject: 'evt.x.*.A.*',
  });
  expect(consumerConfig({ ...spec, filters, scattered: true }, old)).not.toHaveProperty('filter_subject');
  expect(consumerConfig({ ...spec, filters, scattered: true }, { multiFilter: true })).toMatchObject({
    filter_subjects: filters,
  });
});
