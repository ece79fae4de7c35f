// Agreement of environments with the settings that services read.
import type { Shape } from '@gts/nest';
import { parseConfig, secretsOf, SettingsError, unknownSettings } from '@gts/nest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string>>;

/** Read by Node or libc, not by us. */
const ofTheProcess = ['NODE_OPTIONS', 'MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_'];

/** Settings that no operations file states, and why their default is right there. */
const leftToDefault: Readonly<Record<string, string>> = {
  ACK_WAIT: 'tests shorten it',
  LEASE_TIME: 'tests shorten it',
  TRACES_FILE: 'tests read it',
  PATH: 'the image sets it',
  NATS_CA_FILE: 'only where the broker speaks TLS with a private CA, see k8s/README.md',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'k8s/components/tracing sets it',
  OTEL_TRACES_SAMPLER_ARG: 'k8s/components/tracing sets it',
  SQLITE_SYNC: 'the store is MongoDB',
  S3_ACCESS_KEY: 'only with an s3: store',
  S3_SECRET_KEY: 'only with an s3: store',
};
/** What services without a store or without files do not use, though every service could read it. */
const STORE = ['STORE_URL', 'STORE_POOL_MAX', 'MIGRATIONS'];
const FILES = ['ARTEFACTS_URL'];
export type Uses = Readonly<{ store: boolean; files: boolean }>;

const samples: Readonly<Record<string, string>> = { NATS_NKEY: `SU${'A'.repeat(56)}`, STORE_URL: 'file:/data/store' };

/** Puts a sample where a secret's file would be, so that everything else can be parsed as it stands. */
function withSecrets(shape: Shape, env: Environment, folder: string): Environment {
  const paths = secretsOf(shape)
    .filter((name) => `${name}_FILE` in env)
    .map((name) => {
      const file = join(folder, name);
      writeFileSync(file, samples[name] ?? '{}');
      return [`${name}_FILE`, file] as const;
    });
  return { ...env, ...Object.fromEntries(paths) };
}

function parseFaults(shape: Shape, env: Environment): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'gts-secrets-'));
  try {
    parseConfig(shape, withSecrets(shape, env, folder));
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.lines;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where an environment and the schema of its service differ. */
export function environmentFaults(shape: Shape, env: Environment, uses: Uses): readonly string[] {
  const secrets = secretsOf(shape);
  const unused = [...(uses.store ? [] : STORE), ...(uses.files ? [] : FILES)];
  const given = Object.keys(env).filter((name) => !ofTheProcess.includes(name));
  const stated = (name: string) => name in env || (secrets.includes(name) && `${name}_FILE` in env);
  const isKnown = (name: string) => name in shape || secrets.includes(name.replace(/_FILE$/, ''));
  return [
    ...given.filter((name) => !isKnown(name)).map((name) => `${name}: nobody reads it`),
    ...given.filter((name) => secrets.includes(name)).map((name) => `${name}: a secret comes as ${name}_FILE`),
    ...given.filter((name) => unused.includes(name.replace(/_FILE$/, ''))).map((name) => `${name}: is of no use here`),
    ...Object.keys(shape)
      .filter((name) => !stated(name) && !(name in leftToDefault) && !unused.includes(name))
      .map((name) => `${name}: not stated, and no reason to leave it to its default`),
    ...unknownSettings(shape, env).map((name) => `${name}: unknown`),
    ...parseFaults(shape, env),
  ];
}
