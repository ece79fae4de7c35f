import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { brokerKeysConf, catalogue, declaredServices, topologyOf } from '@gts/contracts';
import { newUserSeed, userKey } from '@gts/messaging';
import { describeOnMongo, freePort, mongoDatabases, type NatsServer, natsBinary, startNats } from '@gts/testing';
import { MongoClient } from 'mongodb';
import { spawnSync } from 'node:child_process';
import { type Manifest, rendered } from './documents.ts';
import { root } from './run-program.ts';
import { environmentOf, type Workload, workloadsIn } from './workload.ts';

const manifests: readonly Manifest[] = rendered('k8s/overlays/dev');
const jobs = workloadsIn(manifests).filter(({ kind }) => kind === 'Job');
const folder = mkdtempSync(join(tmpdir(), 'gts-jobs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
};
/** Runs a job as its manifest says: its image's entry, its arguments, its environment; only addresses are ours. */
function run(job: Workload, own: Readonly<Record<string, string>>) {
  const image = /gts-([a-z-]+)/.exec(job.container.image)?.[1] ?? '';
  const entry = image === 'ops' ? 'tools/cli/main.mjs' : `services/${image}/dist/bundle/main.js`;
  const { NODE_OPTIONS: _heap, ...given } = environmentOf(job, manifests);
  const env = { PATH: process.env['PATH'], ...given, GTS_DATA_DIR: folder, ...own };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, entry), ...(job.container.args ?? [])], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  return { status, text: `${stdout}${stderr}` };
}

describe('the topology job', () => {
  const [job] = jobs.filter(({ labels }) => labels['app.kubernetes.io/component'] === 'topology');
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

const migrations = jobs.filter(({ labels }) => labels['app.kubernetes.io/component'] === 'migration');
const secretsOf = (job: Workload, url: string) => ({
  STORE_URL_FILE: fileOf(`${job.name}-store`, url),
  NATS_NKEY_FILE: fileOf(`${job.name}-nkey`, newUserSeed()),
  INTERNAL_SIGNING_KEY_FILE: fileOf(`${job.name}-key`, '{}'),
});

/** A job twice on one store: what stands in it must be the same. */
async function twice(job: Workload, url: string, stands: () => unknown) {
  const first = run(job, secretsOf(job, url));
  expect([first.status, first.text]).toEqual([0, expect.stringMatching(/"msg":"migrated"/)]);
  const made = await stands();
  expect(run(job, secretsOf(job, url))).toMatchObject({ status: 0 });
  expect(await stands()).toEqual(made);
  return made;
}

describe('migration jobs', () => {
  test('are one for every service with a store', () => {
    expect(migrations.map(({ name }) => name.replace(/^migrate-|(-\d+)+$/g, '')).toSorted()).toEqual(
      declaredServices
        .map(({ service }) => service)
        .filter((each) => each !== 'gateway')
        .toSorted(),
    );
  });

  test.each(migrations.map((job) => [job.name, job] as const))('%s twice on a file', async (name, job) => {
    const place = join(folder, name);
    mkdirSync(place);
    const tables = () =>
      readdirSync(place)
        .filter((file) => /\.(db|sqlite)$/.test(file))
        .flatMap((file) => {
          const db = new DatabaseSync(join(place, file), { readOnly: true });
          const found = db.prepare('select type, name, sql from sqlite_master order by type, name').all();
          const count = (table: unknown) => db.prepare(`select count(*) as rows from "${String(table)}"`).get();
          const rows = found.filter(({ type }) => type === 'table').map((each) => [each['name'], count(each['name'])]);
          db.close();
          return [...found, ...rows];
        });
    expect(((await twice(job, `file:${place}`, tables)) as unknown[]).length).toBeGreaterThan(5);
  });

  test('planted: a store that cannot be reached ends the job', () => {
    const [job] = migrations;
    if (!job) throw new Error('there is no such job');
    const taken = fileOf('no-folder', '');
    expect(run(job, secretsOf(job, `file:${taken}/store`)).status).not.toBe(0);
  });
});

describeOnMongo('migration jobs on MongoDB', () => {
  const databases = mongoDatabases('jobs');
  afterAll(() => databases.drop());

  test.each(migrations.map((job) => [job.name, job] as const))('%s twice', async (_name, job) => {
    const url = databases.fresh();
    const client = await new MongoClient(url).connect();
    const collections = async () => {
      const names = (await client.db().listCollections().toArray()).map(({ name }) => name).toSorted();
      const about = async (name: string) => {
        const [rows, indexes] = [client.db().collection(name).countDocuments(), client.db().collection(name).indexes()];
        return { name, rows: await rows, indexes: await indexes };
      };
      return Promise.all(names.map(about));
    };
    const made = (await twice(job, url, collections)) as unknown[];
    await client.close();
    expect(made.length).toBeGreaterThan(5);
  });
});
