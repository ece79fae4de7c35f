import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { declaredServices } from '@gts/contracts';
import { newUserSeed } from '@gts/messaging';
import { describeOnMongo, mongoDatabases } from '@gts/testing';
import { MongoClient } from 'mongodb';
import { jobPlace, jobsOf } from './run-job.ts';
import type { Workload } from './workload.ts';

const { folder, fileOf, run, remove } = jobPlace();
afterAll(remove);

const migrations = jobsOf('migration');
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
