import { join } from 'node:path';
import { commonSettings, parseConfig } from '@gts/nest';
import { z } from 'zod';

/** Settings of the service; what all services share is in libs/nest. */
export const settings = {
  ...commonSettings,
  /** Folder of the demo pack; a folder without a manifest means no pack. */
  DEMO_PACK_DIR: z.string().default(join(__dirname, '..', '..', '..', 'deploy', 'demo')),
};

export const readConfig = (env: NodeJS.ProcessEnv) => parseConfig(settings, env);
export type Config = ReturnType<typeof readConfig>;
