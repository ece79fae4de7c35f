import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf } from '@gts/artefacts';
import { durationMs, type Duration } from '@gts/kernel';
import { z } from 'zod';

/** Exit status of a process whose settings are wrong (EX_CONFIG of sysexits.h). */
export const EX_CONFIG = 78;

/** A length of time as text with a unit; milliseconds in code. */
export const durationSetting = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, { error: 'a number with a unit: 250ms, 30s, 15m, 24h' })
  .transform((text) => durationMs(text as Duration));

/** `true` or `false`. */
export const flagSetting = z.enum(['true', 'false']).transform((text) => text === 'true');

/** A value that nobody may see: it may also come from the file that `<NAME>_FILE` names. */
export const secretSetting = <S extends z.ZodType>(schema: S): S => schema.meta({ secret: true });
const isSecret = (schema: z.ZodType | undefined): boolean => schema?.meta()?.['secret'] === true;

const port = z.coerce.number().int().min(0).max(65_535);

/** Refuses what names no store; the adapters parse it again. */
function checkedPlace(url: string, issues: z.RefinementCtx): string {
  try {
    placeOf(url);
  } catch (error) {
    issues.addIssue({ code: 'custom', message: (error as Error).message });
  }
  return url;
}

const isReadable = (file: string): boolean => {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
};

/** What every service reads; operations.md §1 explains each. */
export const commonSettings = {
  NODE_ENV: z.string().optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  GTS_DATA_DIR: z.string().default('.data'),
  OPS_HOST: z.string().default('127.0.0.1'),
  OPS_PORT: port.default(0),
  STORE_URL: secretSetting(
    z
      .string()
      .regex(/^(file:.|mongodb(\+srv)?:\/\/[^/]+\/[^?]+)/, {
        error: 'file:<folder> or mongodb://user:password@host,…/<database>?replicaSet=…',
      })
      .optional(),
  ),
  STORE_POOL_MAX: z.coerce.number().int().min(1).max(1000).default(20),
  MIGRATIONS: z.enum(['apply', 'verify']).default('apply'),
  SQLITE_SYNC: z.enum(['full', 'normal']).default('full'),
  ARTEFACTS_URL: z.string().transform(checkedPlace).optional(),
  S3_ACCESS_KEY: secretSetting(z.string().optional()),
  S3_SECRET_KEY: secretSetting(z.string().optional()),
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  NATS_CA_FILE: z.string().refine(isReadable, { error: 'cannot read it' }).optional(),
  NATS_NKEY: secretSetting(
    z
      .string()
      .regex(/^SU[A-Z2-7]{56}$/, { error: 'the seed of a broker user: SU and 56 letters and digits' })
      .optional(),
  ),
  NATS_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
  NATS_MONITOR_URLS: z.string().optional(),
  STREAM_LIMITS: z.enum(['full', 'development']).default('development'),
  TOPOLOGY_MODE: z.enum(['apply', 'verify']).default('apply'),
  DURABILITY: z.enum(['relaxed', 'strict']).default('relaxed'),
  ACK_WAIT: durationSetting.prefault('30s'),
  LEASE_TIME: durationSetting.prefault('10s'),
  SHUTDOWN_DELAY: durationSetting.prefault('0s'),
  INTERNAL_KEYS_FILE: z.string(),
  INTERNAL_SIGNING_KEY: secretSetting(z.string()),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(0.1),
  TRACES_FILE: z.string().optional(),
};
/** The settings of a service: name of the variable to what it may hold. */
export type Shape = Readonly<Record<string, z.ZodType>>;
export type CommonSettings = z.output<z.ZodObject<typeof commonSettings>>;
/** Where files lie and who may go there, for `openArtefacts`. */
export const artefactsPlace = (config: CommonSettings) => ({
  url: artefactsUrl(config),
  keys: { accessKey: config.S3_ACCESS_KEY, secretKey: config.S3_SECRET_KEY },
});
/** Where files lie: as said, else below the data folder. */
export const artefactsUrl = ({ ARTEFACTS_URL, GTS_DATA_DIR }: CommonSettings): string =>
  ARTEFACTS_URL ?? `file:${join(GTS_DATA_DIR, 'artefacts')}`;
type Environment = Readonly<Record<string, string | undefined>>;

/** One wrong or unknown setting; never its value, which may be a secret. */
export class SettingsError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'SettingsError';
  }
}

/** Names of the variables that hold a secret and may be given as a file. */
export const secretsOf = (shape: Shape): readonly string[] =>
  Object.keys(shape).filter((name) => isSecret(shape[name]));

function fileText(name: string, file: string, wrong: string[]): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    wrong.push(`${name}_FILE: cannot read ${file}`);
    return undefined;
  }
}

/** `<NAME>_FILE` names a file that holds the value of a secret; both given is refused. */
function withFiles(shape: Shape, env: Environment): { values: Record<string, string>; wrong: string[] } {
  const values: Record<string, string> = {};
  const wrong: string[] = [];
  for (const name of Object.keys(shape)) {
    const [direct, file] = [env[name] || undefined, (isSecret(shape[name]) && env[`${name}_FILE`]) || undefined];
    if (direct !== undefined && file !== undefined) wrong.push(`${name}: given twice, also as ${name}_FILE`);
    const value = file === undefined ? direct : fileText(name, file, wrong);
    if (value !== undefined) values[name] = value;
  }
  return { values, wrong };
}

/**
 * Reads the settings of a service from its environment.
 * @throws SettingsError with one line a variable
 */
export function parseConfig<S extends Shape>(shape: S, env: Environment): z.output<z.ZodObject<S>> {
  const { values, wrong } = withFiles(shape, env);
  const parsed = z.object(shape).safeParse(values);
  if (!parsed.success) wrong.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  if (wrong.length > 0 || !parsed.success) throw new SettingsError(wrong);
  return parsed.data;
}

/** Names of our families that the gateway, the starter or the command line reads; all processes inherit them. */
const readElsewhere = new Set(['GTS_HOST', 'GTS_PORT', 'GTS_URL', 'GTS_TOKEN', 'GTS_CACHE']);

/** Names of our own families that no setting has: most likely a slip of the pen. */
export const unknownSettings = (shape: Shape, env: Environment): readonly string[] =>
  Object.keys(env).filter(
    (name) =>
      !readElsewhere.has(name) &&
      /^(GTS|NATS|STORE)_/.test(name) &&
      !(name in shape) &&
      !secretsOf(shape).includes(name.replace(/_FILE$/, '')),
  );
