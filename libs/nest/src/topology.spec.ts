import { busErrors } from '@gts/messaging';
import { untilTopology } from './topology';

/** A broker whose topology is complete after some asks. */
function setUp(faults: Error[]) {
  const told: [string, string | undefined][] = [];
  const waits: number[] = [];
  const lines: unknown[] = [];
  const outcome = untilTopology({
    apply: () => {
      const fault = faults.shift();
      return fault ? Promise.reject(fault) : Promise.resolve();
    },
    readiness: { set: (part, missing) => void told.push([part, missing]) },
    log: { info: (fields) => void lines.push(fields) },
    wait: (ms) => Promise.resolve(void waits.push(ms)),
  });
  return { outcome, told, waits, lines };
}
const missing = () => busErrors.TOPOLOGY_DRIFT('EVT_SHOOTOUTS', 'stream', 'missing');

test('what is missing stands in readiness until it is there, asked every 2 s, logged once', async () => {
  const { outcome, told, waits, lines } = setUp([missing(), missing(), missing()]);
  await outcome;
  expect(waits).toEqual([2000, 2000, 2000]);
  expect(told.at(0)).toEqual(['topology', 'EVT_SHOOTOUTS: stream is missing']);
  expect(told.at(-1)).toEqual(['topology', undefined]);
  expect(lines).toHaveLength(1);
});

test('a change that would lose something ends the start', async () => {
  const { outcome } = setUp([missing(), busErrors.TOPOLOGY_REFUSED('storage cannot change')]);
  await expect(outcome).rejects.toMatchObject({ code: 'BUS.TOPOLOGY_REFUSED' });
});
