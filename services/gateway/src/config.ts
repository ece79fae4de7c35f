import { isIP } from 'node:net';
import { commonSettings, parseConfig, secretSetting } from '@gts/nest';
import { z } from 'zod';

const list = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  )
  .prefault('');
const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: 'an origin: scheme, host, port, no slash',
});

/** Settings of the gateway; operations.md §1 explains each. */
export const settings = {
  ...commonSettings,
  GTS_HOST: z.string().default('127.0.0.1'),
  GTS_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  PUBLIC_URL: origin.optional(),
  TRUSTED_PROXIES: list.refine((each) => each.every((one) => isIP(one.split('/')[0] ?? '') > 0), {
    error: 'addresses or networks, comma separated',
  }),
  CORS_ORIGINS: list.refine((each) => each.every((one) => URL.canParse(one)), { error: 'origins, comma separated' }),
  GATEWAY_KEYS: secretSetting(z.string()),
};
export type Config = z.output<z.ZodObject<typeof settings>>;

/** @throws SettingsError */
export const readConfig = (env: NodeJS.ProcessEnv): Config => parseConfig(settings, env);

/** Where people find us; the default is this machine's own name. */
export const publicUrlOf = ({ PUBLIC_URL, GTS_PORT }: Config): string => PUBLIC_URL ?? `http://localhost:${GTS_PORT}`;
