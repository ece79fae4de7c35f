import { commonSettings, parseConfig } from '@gts/nest';
import { z } from 'zod';

/** Codes of licences, separated by commas. */
const licences = z.string().transform((text) => new Set(text.split(',').map((code) => code.trim())));

/** Settings of the service; what all services share is in libs/nest. */
export const settings = {
  ...commonSettings,
  /** What was made with gear under these licences stays private. */
  PUBLISH_BLOCKED_LICENCES: licences.prefault('cc-by-nd,cc-by-nc-nd,unknown'),
};
export const readConfig = (env: NodeJS.ProcessEnv) => parseConfig(settings, env);
export type Config = ReturnType<typeof readConfig>;
