// Settings of what runs once: the commands of the ops image. A slip there is read by nobody, and its default makes
// streams with one copy, or of another size than services expect.
import { commonSettings, secretSetting, type Shape } from '@gts/nest';
import { z } from 'zod';
import { text } from './agreement.ts';
import type { Environment } from './environment.ts';

type Command = Readonly<{
  settings: Shape;
  /** Sources that read its environment. */
  sources: readonly string[];
}>;
const { NATS_URL, NATS_CA_FILE, NATS_NKEY, NATS_REPLICAS, STREAM_LIMITS, ARTEFACTS_URL, ACK_WAIT } = commonSettings;
const address = z.url({ protocol: /^https?$/ });

/** Commands that operations files run, by their first two words. */
export const commands: Readonly<Record<string, Command>> = {
  'topology apply': {
    settings: { NATS_URL, NATS_CA_FILE, NATS_NKEY, NATS_REPLICAS, STREAM_LIMITS, ARTEFACTS_URL, ACK_WAIT },
    sources: ['tools/cli/topology.mjs', 'tools/lib/topology.mjs', 'tools/lib/broker-settings.mjs'],
  },
  'store init': {
    settings: { STORE_ROOT_PASSWORD: secretSetting(z.string()) },
    sources: ['tools/cli/store.mjs'],
  },
  'demo seed': {
    settings: { GTS_URL: address, PUBLIC_URL: address },
    sources: ['tools/cli/arguments.mjs', 'tools/lib/api.mjs', 'tools/stack/seed.mjs'],
  },
};

/** @throws Error for arguments that are no command known here */
export function commandOf(args: readonly string[] = []): Command {
  const name = args.slice(0, 2).join(' ');
  const found = commands[name];
  if (!found) throw new Error(`the settings of "${name}" are not known here`);
  return found;
}

/** Settings that the sources of a command do not name: they would be checked for nothing. */
export const unreadSettings = ({ settings, sources }: Command): readonly string[] => {
  const all = sources.map(text).join('\n');
  return Object.keys(settings).filter((name) => !new RegExp(`\\b${name}(_FILE)?\\b`).test(all));
};

/** What a command and the services are told otherwise: both compute the same streams from it. */
export const disagreements = (
  { settings }: Command,
  own: Environment,
  services: Readonly<Record<string, Environment>>,
): readonly string[] =>
  Object.entries(services).flatMap(([service, env]) =>
    Object.keys(settings)
      .filter((name) => name in own && name in env && own[name] !== env[name])
      .map((name) => `${name}: ${own[name]}, ${service} has ${env[name]}`),
  );
