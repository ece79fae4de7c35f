import { commonSettings, parseConfig } from '@gts/nest';
import { z } from 'zod';

/** Settings of the service; what all services share is in libs/nest. */
export const settings = {
  ...commonSettings,
  /** Lets ada, ben and cleo in; never in production. */
  DEMO_SIGN_IN: z.enum(['true', 'false']).default('false'),
};

export const readConfig = (env: NodeJS.ProcessEnv) => {
  const config = parseConfig(settings, env);
  return { ...config, demoSignIn: config.DEMO_SIGN_IN === 'true' && config.NODE_ENV !== 'production' };
};
export type Config = ReturnType<typeof readConfig>;
