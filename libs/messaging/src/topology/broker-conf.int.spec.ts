import {
  brokerConf,
  brokerKeysConf,
  brokerUsersConf,
  catalogue,
  declaredServices,
  roomFor,
  topologyOf,
} from '@gts/contracts';
import { freePort, startNats } from '@gts/testing';
import { brokerDurability } from '../durability';
import { connectNats } from '../nats/connect';
import { newUserSeed, userKey } from '../nats/user-key';
import { applyTopology } from './apply';
import { featuresOf } from './configs';

const topology = topologyOf(catalogue, declaredServices);

/** A broker with the generated configuration, as a deployment starts it. */
async function started(syncAlways: boolean) {
  const [seed, monitor] = [newUserSeed(), await freePort()];
  const keys = Object.fromEntries(Object.keys(topology.permissions).map((user) => [user, userKey(newUserSeed())]));
  const publicKeys = Object.fromEntries(Object.entries(keys).map(([user, { publicKey }]) => [user, publicKey]));
  const address = { listen: '127.0.0.1:4222', http: `127.0.0.1:${monitor}`, storeDir: '.' };
  const server = await startNats(brokerConf({ ...address, ...roomFor(topology), syncAlways }), {
    'users.conf': brokerUsersConf(topology),
    'keys.conf': brokerKeysConf({ ...publicKeys, topology: userKey(seed).publicKey }),
  });
  return { server, seed, urls: [`http://127.0.0.1:${monitor}`] };
}

async function levelOf(syncAlways: boolean, version: string): Promise<string> {
  try {
    const { server, urls } = await started(syncAlways);
    const level = await brokerDurability({ urls, version });
    await server.stop();
    return level;
  } catch (error) {
    if (/sync_interval/.test(String(error))) return 'does not start';
    throw error;
  }
}

test('the generated configuration takes every stream at its full size and tells how durable it is', async () => {
  const relaxed = await started(false);
  const nc = await connectNats({ service: 'topology', url: relaxed.server.url, nkey: relaxed.seed });
  await applyTopology(nc, topology, { mode: 'apply' });
  await applyTopology(nc, topology, { mode: 'verify' });
  const version = nc.info?.version ?? '';
  await nc.close();
  expect(await brokerDurability({ urls: relaxed.urls, version })).toBe('relaxed');
  await relaxed.server.stop();

  // What knows no sync_interval does not start with it; hence the file without.
  expect(await levelOf(true, version)).toBe(featuresOf(version).syncInterval ? 'strict' : 'does not start');
});
