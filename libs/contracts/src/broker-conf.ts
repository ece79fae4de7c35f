import type { BrokerPermissions } from './broker-users';
import type { BrokerUser } from './subjects';
import type { Topology } from './topology';

/** The variable that a deployment's `keys.conf` gives a user's public key. */
export const keyVariable = (user: BrokerUser): string => `NKEY_${user.toUpperCase().replaceAll('-', '_')}`;

/** What `allow_responses` grants: one answer each, within the longest time that a request waits. */
const RESPONSES = 'allow_responses: { max: 1, expires: "30s" }';
const list = (name: string, subjects: readonly string[]): string =>
  [`        ${name}: [`, ...subjects.map((each) => `          "${each}"`), '        ]'].join('\n');

const user = (name: BrokerUser, { publish, subscribe, responds }: BrokerPermissions): string =>
  [
    `    { # ${name}`,
    `      nkey: $${keyVariable(name)}`,
    '      permissions: {',
    list('publish', publish),
    list('subscribe', subscribe),
    ...(responds ? [`        ${RESPONSES}`] : []),
    '      }',
    '    }',
  ].join('\n');

/** The users of the broker in its own language; their public keys are variables, so the text holds none. */
export const brokerUsersConf = ({ permissions }: Pick<Topology, 'permissions'>): string =>
  [
    'include ./keys.conf',
    'authorization {',
    '  users: [',
    ...(Object.entries(permissions) as [BrokerUser, BrokerPermissions][]).map(([name, each]) => user(name, each)),
    '  ]',
    '}',
    '',
  ].join('\n');

/** `keys.conf` of one deployment: a public key a user. */
export const brokerKeysConf = (keys: Readonly<Partial<Record<BrokerUser, string>>>): string =>
  (Object.entries(keys) as [BrokerUser, string][]).map(([name, key]) => `${keyVariable(name)}: ${key}\n`).join('');

export type BrokerConf = Readonly<{
  listen: string;
  /** Address of the monitor. */
  http: string;
  storeDir: string;
  /** Bytes on disk and in memory; the broker reserves what its streams may hold. */
  maxFile: number;
  maxMemory: number;
  /** Writes to the disk before it acknowledges; brokers before 2.10 do not start with the line. */
  syncAlways: boolean;
}>;

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)}MB`;

/** `nats.conf`: one server of the product, its users and their keys beside it. */
export const brokerConf = ({ listen, http, storeDir, maxFile, maxMemory, syncAlways }: BrokerConf): string =>
  [
    'include ./users.conf',
    `listen: "${listen}"`,
    `http: "${http}"`,
    'max_payload: 1MB',
    'jetstream {',
    `  store_dir: "${storeDir}"`,
    `  max_file: ${megabytes(maxFile)}`,
    `  max_mem: ${megabytes(maxMemory)}`,
    ...(syncAlways ? ['  sync_interval: always'] : []),
    '}',
    '',
  ].join('\n');

/** A quarter more than all streams may hold together: creating one never fails for want of room. */
export function roomFor({ streams }: Pick<Topology, 'streams'>): Pick<BrokerConf, 'maxFile' | 'maxMemory'> {
  const sum = (storage: 'file' | 'memory') =>
    streams.filter((each) => each.storage === storage).reduce((all, { maxBytes }) => all + maxBytes, 0);
  return { maxFile: sum('file') * 1.25, maxMemory: sum('memory') * 1.25 };
}
