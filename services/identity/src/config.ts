import { commonSettings, parseConfig, SettingsError } from '@gts/nest';
import { z } from 'zod';

/** Settings of the service; what all services share is in libs/nest. */
export const settings = {
  ...commonSettings,
  /** Lets ada, ben and cleo in; production refuses to start with it. */
  DEMO_SIGN_IN: z.enum(['true', 'false']).default('false'),
};

export const readConfig = (env: NodeJS.ProcessEnv) => {
  const config = parseConfig(settings, env);
  const demoSignIn = config.DEMO_SIGN_IN === 'true';
  if (demoSignIn && config.NODE_ENV === 'production')
    throw new SettingsError(['DEMO_SIGN_IN: not with NODE_ENV=production']);
  return { ...config, demoSignIn };
};
export type Config = ReturnType<typeof readConfig>;
