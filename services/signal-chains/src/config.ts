import { commonSettings, parseConfig } from '@gts/nest';

/** Settings of the service: only what all services share. */
export const settings = commonSettings;

export const readConfig = (env: NodeJS.ProcessEnv) => parseConfig(settings, env);
export type Config = ReturnType<typeof readConfig>;
