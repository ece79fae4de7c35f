import { availableParallelism } from 'node:os';
import { commonSettings, durationSetting, parseConfig } from '@gts/nest';
import { z } from 'zod';

/** Settings of the service; what all services share is in libs/nest. */
export const settings = {
  ...commonSettings,
  /** Threads that render; in a container the default would count the host's cores. */
  RENDER_WORKERS: z.coerce.number().int().min(1).max(64).default(availableParallelism()),
  FFMPEG_PATH: z.string().optional(),
  /** `on`: every tone also as Opus, for listeners who save data. */
  DATA_SAVER: z.enum(['on', 'off']).default('off'),
  TMP_DIR: z.string().optional(),
  WORK_DRAIN: durationSetting.prefault('10s'),
  PATH: z.string().default('/usr/bin:/bin'),
};

/** The only reader of the environment. */
export const readConfig = (env: NodeJS.ProcessEnv) => parseConfig(settings, env);
export type Config = ReturnType<typeof readConfig>;
