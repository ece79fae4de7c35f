// The stack's own broker: loopback, one user a service, JetStream under the data folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { brokerKeys, seedFile } from '../lib/broker-keys.mjs';
import { applyTopology, topologyOfEnvironment } from '../lib/topology.mjs';
import { freePort } from './ports.mjs';

const require = createRequire(import.meta.url);
const RESTART_AFTER_MS = 500;

/** Ends a broker that a killed stack left behind: two on one folder would destroy it. */
function endForgotten(pidFile) {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  try {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'nats-server') process.kill(pid, 'SIGTERM');
  } catch {
    // It is gone, which is what we want.
  }
  rmSync(pidFile, { force: true });
}

async function untilReady(child) {
  let log = '';
  // Left open at the end: a Go program whose standard error is closed dies of its next line.
  for await (const chunk of child.stderr.iterator({ destroyOnReturn: false })) {
    log += chunk;
    if (log.includes('Server is ready')) return;
  }
  throw new Error(`nats-server ended at once:\n${log}`);
}

/** Writes the broker's configuration; the path of its main file. */
function configure(folder, { topology, secrets, port, monitorPort }) {
  const { brokerConf, brokerKeysConf, brokerUsersConf, roomFor } = require('@gts/contracts');
  const files = {
    'keys.conf': brokerKeysConf(brokerKeys(secrets, Object.keys(topology.permissions))),
    'users.conf': brokerUsersConf(topology),
    'nats.conf': brokerConf({
      listen: `127.0.0.1:${port}`,
      http: `127.0.0.1:${monitorPort}`,
      storeDir: folder,
      ...roomFor(topology),
      syncAlways: false,
    }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return join(folder, 'nats.conf');
}

export async function startBroker(binary, dataDir) {
  const folder = join(dataDir, 'nats');
  mkdirSync(folder, { recursive: true });
  const pidFile = join(folder, 'pid');
  endForgotten(pidFile);
  const port = await freePort();
  const monitorPort = await freePort();
  const topology = topologyOfEnvironment();
  const secrets = join(dataDir, 'secrets');
  const config = configure(folder, { topology, secrets, port, monitorPort });
  const logs = join(dataDir, 'logs');
  mkdirSync(logs, { recursive: true });
  const log = createWriteStream(join(logs, 'broker.log'), { flags: 'a' });
  let child;
  let stopping = false;
  const run = async () => {
    child = spawn(binary, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    writeFileSync(pidFile, String(child.pid));
    child.on('exit', (code, signal) => {
      if (stopping) return;
      process.stderr.write(
        `the broker ended (${signal ?? `exit ${code}`}), starting it again; see ${logs}/broker.log\n`,
      );
      setTimeout(() => stopping || void run().catch(() => {}), RESTART_AFTER_MS);
    });
    await untilReady(child);
    child.stderr.pipe(log, { end: false });
  };
  await run();
  const url = `nats://127.0.0.1:${port}`;
  const seedOf = (user) => seedFile(secrets, user);
  await applyTopology({ url, seed: seedOf('topology') }, topology, { mode: 'apply' });
  return {
    url,
    seedOf,
    monitorUrl: `http://127.0.0.1:${monitorPort}`,
    stop: async () => {
      stopping = true;
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(pidFile, { force: true });
    },
  };
}
