import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@gts/testing';
import { eventually } from './eventually';

export type Health = Readonly<{
  /** Of the answer; 0 where nobody answers. */
  status: number;
  durability: string;
  missing: readonly Readonly<{ what: string; why: string }>[];
}>;
const NO_ANSWER: Health = { status: 0, durability: '', missing: [] };
const RING = `k:${Buffer.alloc(32, 'k').toString('base64')}`;

const mainOf = (service: string) => join(__dirname, '..', '..', 'services', service, 'dist', 'bundle', 'main.js');

function environment(service: string, folder: string): Readonly<Record<string, string>> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d, ...open } = { ...privateKey.export({ format: 'jwk' }), kid: `${service}-1`, alg: 'EdDSA' };
  const keysFile = join(folder, 'keys.json');
  writeFileSync(keysFile, JSON.stringify({ keys: [{ ...open, iss: service, subjects: [`service:${service}`] }] }));
  return {
    GTS_DATA_DIR: folder,
    GTS_PORT: '0',
    INTERNAL_KEYS_FILE: keysFile,
    INTERNAL_SIGNING_KEY: JSON.stringify({ ...open, d }),
    VAULT_KEYS: RING,
    GATEWAY_KEYS: RING,
  };
}

async function healthOf(port: number): Promise<Health> {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
  if (answer === undefined) return NO_ANSWER;
  return { ...((await answer.json()) as Health), status: answer.status };
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}

/** One service as a process of its own, as a deployment starts it; broker and store are the caller's. */
export async function oneService(service: string, env: Readonly<Record<string, string>>) {
  const [port, folder] = [await freePort(), mkdtempSync(join(tmpdir(), 'gts-one-'))];
  const child = spawn(process.execPath, [mainOf(service)], {
    env: { ...process.env, ...environment(service, folder), OPS_PORT: String(port), ...env },
    stdio: 'ignore',
  });
  return {
    /** Its word on readiness, once it `fits`. */
    health: (fits: (health: Health) => boolean) => eventually(() => healthOf(port), fits),
    end: () => end(child, folder),
  };
}
