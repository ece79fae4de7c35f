// The tests of broker and store on containers of the images that compose names: real ones where an engine can pull them.
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { composeIn } from '../ops/compose-file.ts';
import { TALKERS } from '../lib/broker-tier.mjs';
import { mongoTier } from '../lib/mongo-tier.mjs';
import { run } from '../lib/run.mjs';

const PORT = 27017;
const WITHIN_MS = 60_000;
const EVERY_MS = 250;
/** What the real server logs, and what the one of tools/mongo-local prints. */
const SERVES = /Waiting for connections|MONGODB_URI=/;
const int = ['--selectProjects', 'int', '--testTimeout', '60000', '--testPathPatterns'];
const KEEPERS = ['libs/persistence', 'libs/saga'];

const imageOf = (service: string): string => composeIn('docker-compose.yml').services[service]?.image ?? '';

type Hello = Readonly<{ setName?: string; isWritablePrimary?: boolean }>;

/** Makes the server a replica set and waits until it may be written. */
async function initiate(uri: string): Promise<void> {
  const client = new MongoClient(uri, { directConnection: true, serverSelectionTimeoutMS: 2000 });
  const admin = client.db('admin');
  const hello = () => admin.command({ hello: 1 }).catch(() => ({})) as Promise<Hello>;
  const member = { _id: 0, host: `localhost:${PORT}` };
  for (const end = Date.now() + WITHIN_MS; ; await sleep(EVERY_MS)) {
    const { setName, isWritablePrimary } = await hello();
    if (isWritablePrimary === true && setName !== undefined) return client.close();
    if (Date.now() > end) throw new Error('MongoDB in its container may not be written');
    if (setName === undefined)
      await admin.command({ replSetInitiate: { _id: 'rs0', members: [member] } }).catch(() => undefined);
  }
}

type Mongo = Readonly<{ uri: string; container: StartedTestContainer }>;

async function startMongo(): Promise<Mongo> {
  const container = await new GenericContainer(imageOf('mongodb'))
    .withExposedPorts(PORT)
    .withCommand(['--replSet', 'rs0', '--bind_ip_all'])
    .withWaitStrategy(Wait.forLogMessage(SERVES))
    .start();
  const address = `mongodb://${container.getHost()}:${container.getMappedPort(PORT)}/`;
  await initiate(address).catch(async (error: unknown) => {
    await container.stop();
    throw error;
  });
  // Not by the name that the server has in its container.
  return { uri: `${address}?replicaSet=rs0&directConnection=true`, container };
}

/** Runs `work` with settings in the environment, which the test runner inherits. */
async function withSettings(settings: Readonly<Record<string, string>>, work: () => Promise<unknown>): Promise<void> {
  const before = Object.fromEntries(Object.keys(settings).map((name) => [name, process.env[name]]));
  Object.assign(process.env, settings);
  try {
    await work();
  } finally {
    for (const [name, value] of Object.entries(before))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
}

/** Needs an engine that testcontainers finds. `all`: also every other test whose stores can be in MongoDB. */
export async function containerTier(all: boolean): Promise<void> {
  const { uri, container } = await startMongo();
  const [nats, mongo] = [imageOf('nats'), imageOf('mongodb')];
  try {
    await withSettings({ MONGODB_URI: uri, GTS_TEST_STORE: 'mongodb' }, async () => {
      await run(`stores in a container of ${mongo}`, 'jest', [...int, ...KEEPERS]);
      if (all) await mongoTier();
    });
    await withSettings({ NATS_IMAGE: nats }, () =>
      run(`brokers in containers of ${nats}`, 'jest', [...int, ...TALKERS]),
    );
  } finally {
    await container.stop();
  }
}
