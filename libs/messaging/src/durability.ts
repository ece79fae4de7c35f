import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { json } from 'node:stream/consumers';
import { featuresOf } from './topology/configs';

/** `strict`: what was acknowledged survives a power cut of the broker. `unknown`: no monitor answered. */
export type Durability = 'strict' | 'relaxed' | 'unknown';
export type DurabilityOptions = Readonly<{
  /** Monitors of all its servers, `monitorUrls`. */
  urls: readonly string[];
  /** Of the server that we are connected to. */
  version: string;
  /** Authority that signed the monitors' certificates where they speak TLS, as a file; the system's when left out. */
  caFile?: string | undefined;
}>;

/** What people are told of a level, in readiness and by `gts doctor`; nothing of the best. */
export const durabilityText: Readonly<Record<Durability, string | undefined>> = {
  strict: undefined,
  relaxed: 'relaxed: a power cut may take the last seconds; sync_interval: always in the broker, SQLITE_SYNC=full here',
  unknown: 'unknown: a monitor of the broker does not answer; NATS_MONITOR_URLS says where they are',
};

const MONITOR_PORT = 8222;
const TIMEOUT_MS = 2000;

/** Where the broker's monitors are: as said (comma list), else port 8222 of every host of the broker's address. */
export const monitorUrls = (brokerUrl: string, given?: string): readonly string[] =>
  given !== undefined
    ? given.split(',').map((each) => each.trim())
    : brokerUrl
        .split(',')
        .map((each) => `http://${new URL(each.includes('://') ? each : `nats://${each}`).hostname}:${MONITOR_PORT}`);

async function syncsAlways(monitor: string, caFile: string | undefined): Promise<boolean | undefined> {
  try {
    const url = new URL('/jsz?config=1', monitor);
    // Not `fetch`: loading it takes 40 ms of every start.
    const options = { agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) } as const;
    const ca = caFile === undefined ? {} : { ca: await readFile(caFile) };
    const asked = url.protocol === 'https:' ? getHttps(url, { ...options, ...ca }) : getHttp(url, options);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const { config } = (await json(answer)) as { config?: { sync_always?: boolean } };
    return answer.statusCode === 200 && config ? config.sync_always === true : undefined;
  } catch {
    return undefined;
  }
}

/** Whether every server of the broker writes to its disk before it acknowledges. */
export async function brokerDurability({ urls, version, caFile }: DurabilityOptions): Promise<Durability> {
  const answers = await Promise.all(urls.map((each) => syncsAlways(each, caFile)));
  // What an old server cannot do needs no answer.
  if (!featuresOf(version).syncInterval || answers.includes(false)) return 'relaxed';
  return answers.includes(undefined) ? 'unknown' : 'strict';
}
