import {
  headers,
  type JetStreamClient,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
  type PubAck,
} from 'nats';
import { storeFault } from '../errors';
import type { Meta } from './meta';
import { type Names, names } from './names';

const NO_MESSAGE = new Set([404, 10_037]);
const WRONG_LAST_SEQUENCE = new Set([10_071, 10_164]);
const FULL = new Set([10_023, 10_047, 10_077, 10_122]);
const TIMEOUT_MS = 10_000;

/** A message under its subject, with its place. */
export type Kept = Readonly<{ meta: Meta; seq: number }>;
/** The stream of a bucket, in the few things that a store of bytes asks of it. */
export type Bucket = Readonly<{
  names: Names;
  /** Stores one chunk, once, however often it must be sent. @returns its sequence */
  append(nuid: string, index: number, bytes: Uint8Array): Promise<number>;
  chunk(seq: number): Promise<Uint8Array | undefined>;
  find(sha256: string): Promise<Kept | undefined>;
  /** Writes where `seq` is still the newest (0: where there is nothing); false where somebody was faster. */
  replace(meta: Meta, seq: number): Promise<number | undefined>;
  /** Forgets all chunks of a writing; one empty message stays for the sweep. */
  discard(nuid: string): Promise<void>;
  /** How many messages each subject of a filter holds. */
  subjects(filter: string): Promise<ReadonlyMap<string, number>>;
  newest(subject: string): Promise<Readonly<{ seq: number; atMs: number; data: Uint8Array }> | undefined>;
  /** Takes away what a subject holds, up to and with a sequence. Only the user who sweeps may. */
  purge(subject: string, upTo: number): Promise<void>;
}>;

const errorCode = (error: unknown): number =>
  error instanceof NatsError ? (error.api_error?.err_code ?? Number(error.code)) : 0;

/** What a failure of the broker means to a caller; everything else passes. */
function fault(error: unknown): unknown {
  if (!(error instanceof NatsError)) return error;
  if (FULL.has(errorCode(error))) return storeFault.full.with({ cause: error });
  return storeFault.unavailable.with({ cause: error }, error.api_error?.description ?? error.code);
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fault(error);
  }
}

/** Undefined where the broker has no such message. */
async function maybe<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (NO_MESSAGE.has(errorCode(error))) return undefined;
    throw fault(error);
  }
}

type Deps = Readonly<{ nc: NatsConnection; js: JetStreamClient; jsm: JetStreamManager; at: Names }>;

const rolledUp = () => {
  const h = headers();
  h.set('Nats-Rollup', 'sub');
  return h;
};

async function append({ js, at }: Deps, nuid: string, { index, bytes }: { index: number; bytes: Uint8Array }) {
  const send = (): Promise<PubAck> =>
    js.publish(at.chunks(nuid), bytes, { msgID: `${nuid}.${index}`, timeout: TIMEOUT_MS });
  // The id makes a second try harmless where only the answer was lost.
  const { seq } = await guarded(() =>
    send().catch((error: unknown) => (isLost(error) ? send() : Promise.reject(error))),
  );
  return seq;
}
const isLost = (error: unknown): boolean => error instanceof NatsError && error.code === 'TIMEOUT';

async function replace({ js, at }: Deps, meta: Meta, seq: number): Promise<number | undefined> {
  const expect = { lastSubjectSequence: seq };
  try {
    const text = JSON.stringify(meta);
    const ack = await js.publish(at.meta(meta.name), text, { headers: rolledUp(), expect, timeout: TIMEOUT_MS });
    return ack.seq;
  } catch (error) {
    if (WRONG_LAST_SEQUENCE.has(errorCode(error))) return undefined;
    throw fault(error);
  }
}

/** From any server that holds it; one that lags behind is no proof that it is gone. */
async function chunk({ nc, jsm, at }: Deps, seq: number): Promise<Uint8Array | undefined> {
  const near = await guarded(() => nc.request(at.direct, JSON.stringify({ seq }), { timeout: TIMEOUT_MS }));
  if (!near.headers?.code) return near.data;
  return (await maybe(() => jsm.streams.getMessage(at.stream, { seq })))?.data;
}

async function newest({ jsm, at }: Deps, subject: string) {
  const found = await maybe(() => jsm.streams.getMessage(at.stream, { last_by_subj: subject }));
  return found && { seq: found.seq, atMs: found.time.getTime(), data: found.data };
}

async function find(deps: Deps, sha256: string): Promise<Kept | undefined> {
  const found = await newest(deps, deps.at.meta(sha256));
  return found && { seq: found.seq, meta: JSON.parse(Buffer.from(found.data).toString()) as Meta };
}

/** The bucket over a connection whose user may use it; the topology makes it. */
export async function openBucket(nc: NatsConnection, bucket: string): Promise<Bucket> {
  const jsm = await nc.jetstreamManager({ checkAPI: false, timeout: TIMEOUT_MS });
  const deps: Deps = { nc, js: nc.jetstream({ timeout: TIMEOUT_MS }), jsm, at: names(bucket) };
  const { at, js } = deps;
  return {
    names: at,
    append: (nuid, index, bytes) => append(deps, nuid, { index, bytes }),
    chunk: (seq) => chunk(deps, seq),
    find: (sha256) => find(deps, sha256),
    replace: (meta, seq) => replace(deps, meta, seq),
    discard: (nuid) =>
      guarded(async () => void (await js.publish(at.chunks(nuid), undefined, { headers: rolledUp() }))),
    subjects: (filter) =>
      guarded(async () => {
        const { state } = await jsm.streams.info(at.stream, { subjects_filter: filter });
        return new Map(Object.entries(state.subjects ?? {}));
      }),
    newest: (subject) => newest(deps, subject),
    purge: (subject, upTo) =>
      guarded(async () => void (await jsm.streams.purge(at.stream, { filter: subject, seq: upTo + 1 }))),
  };
}
