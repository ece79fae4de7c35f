import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brokerKeysConf, catalogue, declaredServices, topologyOf } from '@gts/contracts';
import { newUserSeed, userKey } from '@gts/messaging';
import { freePort, type NatsServer, natsBinary, startNats } from '@gts/testing';
import { jobPlace, jobsOf } from './run-job.ts';
import { root } from './run-program.ts';

const { fileOf, run, remove } = jobPlace();
afterAll(remove);

describe('the topology job', () => {
  const [job] = jobsOf('topology');
  let server: NatsServer;
  let seed: string;

  beforeAll(async () => {
    const { permissions } = topologyOf(catalogue, declaredServices);
    const seeds = Object.fromEntries(Object.keys(permissions).map((user) => [user, newUserSeed()]));
    const keys = Object.fromEntries(Object.entries(seeds).map(([user, each]) => [user, userKey(each).publicKey]));
    seed = fileOf('seed', seeds['topology'] ?? '');
    const isOld = /v2\.9\./.test(spawnSync(natsBinary(), ['--version'], { encoding: 'utf8' }).stdout);
    const shipped = readFileSync(join(root, 'deploy/nats', isOld ? 'nats-2.9.conf' : 'nats.conf'), 'utf8');
    const here = shipped
      .replace('store_dir: "/data"', 'store_dir: "."')
      .replace(/^http: .*$/m, `http: "127.0.0.1:${await freePort()}"`);
    server = await startNats(here, {
      'users.conf': readFileSync(join(root, 'deploy/nats/users.conf'), 'utf8'),
      'keys.conf': brokerKeysConf(keys),
    });
  });
  afterAll(() => server.stop());

  test('makes everything on the broker that we ship, and nothing when it runs again', () => {
    if (!job) throw new Error('there is no such job');
    const own = { NATS_URL: server.url, NATS_NKEY_FILE: seed };
    const first = run(job, own);
    expect(first.text).toMatch(/CMD_RENDERING\/rendering__work: made/);
    const again = run(job, own);
    expect([first.status, again.status]).toEqual([0, 0]);
    expect(again.text).toMatch(/are as declared/);
    expect(again.text).not.toMatch(/: made|declared .*;|version:/);
  });

  test('planted: a broker that does not let it in ends the job', () => {
    if (!job) throw new Error('there is no such job');
    const stranger = fileOf('stranger', newUserSeed());
    expect(run(job, { NATS_URL: server.url, NATS_NKEY_FILE: stranger }).status).toBe(1);
  });
});
