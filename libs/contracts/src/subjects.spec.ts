import { partitionOf } from './index';

test.each([
  ['system', '0', 10],
  ['tenant-ü', 'x', 7],
  ['', '', 2],
  ['0199f000-0000-7000-8000-000000000001', '0199f0a1-2b3c-7d4e-8f50-61728394a5b6', 12],
])('%s/%s lies in partition %d for ever', (tenantId, aggregateId, partition) => {
  expect(partitionOf(tenantId, aggregateId)).toBe(partition);
});
