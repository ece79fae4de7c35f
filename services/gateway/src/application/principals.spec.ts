import { credentialHash } from '@gts/auth';
import type { RpcClient } from '@gts/messaging';
import type { Context } from '@gts/kernel';
import { anId, manualClock } from '@gts/testing';
import { createPrincipals } from './principals';

const person = { userId: anId(1), displayName: 'Ada', isAdmin: false, tenantId: anId(2), role: 'owner' };
const ada = { ...person, kind: 'token', tokenId: anId(3), scopes: [], expiresAt: '2099-01-01T00:00:00.000Z' };

function given() {
  const clock = manualClock();
  const asked: string[] = [];
  const state = { known: true, away: false };
  const call = async (_: unknown, { credential }: { credential: string }) => {
    asked.push(credential);
    if (state.away) throw new Error('away');
    return { principal: state.known && credential === credentialHash('good') ? ada : null };
  };
  const rpc = { call } as unknown as RpcClient;
  const principals = createPrincipals({ rpc, clock, serviceContext: () => Promise.resolve({} as Context) });
  return { principals, asked, clock, state };
}

test('asks once for 5 s, for a good and for a bad secret', async () => {
  const { principals, asked, clock } = given();
  for (let i = 0; i < 3; i += 1) {
    expect(await principals.find('token', 'good')).toEqual(ada);
    expect(await principals.find('token', 'bad')).toBeNull();
  }
  expect(asked).toHaveLength(2);
  clock.advance(6000);
  await principals.find('token', 'good');
  expect(asked).toHaveLength(3);
});

test('requests at the same time ask once', async () => {
  const { principals, asked } = given();
  await Promise.all(Array.from({ length: 20 }, () => principals.find('token', 'good')));
  expect(asked).toHaveLength(1);
});

test('any number of unknown secrets leaves those who are known where they are', async () => {
  const { principals, asked } = given();
  await principals.find('token', 'good');
  for (let i = 0; i < 12_000; i += 1) await principals.find('token', `bad ${i}`);
  await principals.find('token', 'good');
  expect(asked.filter((each) => each === credentialHash('good'))).toHaveLength(1);
});

test('somebody is known until identity says otherwise, nobody by a bad secret', async () => {
  const { principals, clock, state } = given();
  await principals.find('token', 'bad');
  expect([principals.knows('token', 'good'), principals.knows('token', 'bad')]).toEqual([false, false]);
  await principals.find('token', 'good');
  clock.advance(6000);
  expect(principals.knows('token', 'good')).toBe(true);
  state.known = false;
  expect(await principals.find('token', 'good')).toBeNull();
  expect(principals.knows('token', 'good')).toBe(false);
});

test('a revoked one is asked again at once, also when the answer was under way', async () => {
  const { principals, asked } = given();
  const underWay = principals.find('token', 'good');
  principals.forget(person.userId);
  await underWay;
  await Promise.resolve();
  await principals.find('token', 'good');
  principals.forget(person.userId);
  await principals.find('token', 'good');
  expect(asked).toHaveLength(3);
});

test('what failed is asked again', async () => {
  const { principals, state } = given();
  state.away = true;
  await expect(principals.find('token', 'good')).rejects.toThrow('away');
  state.away = false;
  expect(await principals.find('token', 'good')).toEqual(ada);
});
