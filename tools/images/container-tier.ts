// The tests of broker and store on containers of the images that compose names: real ones where an engine can pull them.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { composeIn } from '../ops/compose-file.ts';
import { TALKERS } from '../lib/broker-tier.mjs';
import { mongoTier } from '../lib/mongo-tier.mjs';
import { run } from '../lib/run.mjs';
import { root } from '../ops/run-program.ts';

const PORT = 27017;
const GTS = join(root, 'tools', 'gts.mjs');
/** What the real server logs, and what the one of tools/mongo-local prints. */
const SERVES = /Waiting for connections|MONGODB_URI=/;
const int = ['--selectProjects', 'int', '--testTimeout', '60000', '--testPathPatterns'];
const KEEPERS = ['libs/persistence', 'libs/saga'];

const NONE = { image: '', command: [], environment: {} };
const inCompose = (service: string) => composeIn('docker-compose.yml').services[service] ?? NONE;

type Mongo = Readonly<{ uri: string; container: StartedTestContainer }>;

/** What compose hands to the server, and what its first steps read. */
function secretsIn(folder: string) {
  const password = randomBytes(18).toString('base64url');
  const contents = { 'root-password': password, keyfile: randomBytes(96).toString('base64') };
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
  writeFileSync(join(folder, 'tests-store-url'), 'mongodb://tests:tests@mongodb/tests');
  const copies = Object.entries(contents).map(([name, content]) => ({ content, target: `/run/secrets/${name}` }));
  return { password, copies };
}

/** The verb that compose runs: a replica set, known as itself in its container only, and a user. */
function initiate(address: string, folder: string): void {
  const where = ['--member', `localhost:${PORT}`, '--at', address, '--secrets', folder];
  execFileSync(process.execPath, [GTS, 'store', 'init', ...where], {
    env: { ...process.env, STORE_ROOT_PASSWORD_FILE: join(folder, 'root-password') },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** A server as compose has it. */
async function startMongo(): Promise<Mongo> {
  const { image, command, environment } = inCompose('mongodb');
  const folder = mkdtempSync(join(tmpdir(), 'gts-container-'));
  const { password, copies } = secretsIn(folder);
  const container = await new GenericContainer(image)
    .withExposedPorts(PORT)
    .withCommand([...command])
    .withEnvironment(Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)])))
    .withCopyContentToContainer(copies)
    .withWaitStrategy(Wait.forLogMessage(SERVES))
    .start();
  const address = `${container.getHost()}:${container.getMappedPort(PORT)}`;
  try {
    initiate(address, folder);
  } catch (error) {
    await container.stop();
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
  // Not by the name that the server has in its container.
  const options = 'authSource=admin&replicaSet=rs0&directConnection=true';
  return { uri: `mongodb://root:${password}@${address}/?${options}`, container };
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
  const [nats, mongo] = [inCompose('nats').image, inCompose('mongodb').image];
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
