import { commonSettings, parseConfig } from '@gts/nest';

export const readConfig = (env: NodeJS.ProcessEnv) => parseConfig(commonSettings, env);
export type Config = ReturnType<typeof readConfig>;
