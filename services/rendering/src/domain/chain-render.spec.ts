import { anId, given } from '@gts/testing';
import { cancelChain, claimChain, isMine, isWanted, queueChain, requeueChain } from './chain-render';

const queued = queueChain(anId(1), anId(2), 4).state;
const taken = claimChain('a', '2026-01-01T00:00:00.000Z')(queued).state;
const overtaken = claimChain('b', '2026-01-01T00:01:00.000Z')(taken).state;
const mine = { attempt: 1, epoch: 4 };
const fault = { code: 'engine.crash' };

test('a fault puts it back, a stop gives the attempt back too', () => {
  given(taken).when(requeueChain(mine, fault)).thenState({ status: 'queued', attempt: 1, lastFault: fault });
  given(taken).when(requeueChain(mine, 'released')).thenState({ status: 'queued', attempt: 0 });
});
test('an overtaken claim neither ends it nor puts it back, also while the newer one waits to be tried again', () => {
  const waiting = requeueChain({ attempt: 2, epoch: 4 }, fault)(overtaken).state;
  for (const row of [overtaken, waiting]) {
    expect(() => isMine(row, mine)).toThrow(expect.objectContaining({ code: 'RENDERING.FENCED' }));
    given(row).when(requeueChain(mine, fault)).thenRefused('RENDERING.FENCED');
  }
});
test('once cancelled it is of nobody, whoever asks', () => {
  const { state: cancelled } = cancelChain(overtaken);
  expect([isWanted(cancelled, 4), isMine(cancelled, mine), isMine(overtaken, { attempt: 2, epoch: 3 })]).toEqual([
    false,
    false,
    false,
  ]);
  given(cancelled).when(requeueChain(mine, fault)).thenState({ status: 'cancelled' });
});
