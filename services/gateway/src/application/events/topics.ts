import {
  ApiTokenRevoked,
  type DataOf,
  EnrichmentFailed,
  EnrichmentReady,
  GetDITrack,
  GetPrincipal,
  GetPublicShootout,
  GetShootout,
  GetSignalChain,
  id,
  type ReplyOf,
  SessionsRevoked,
  ShootoutFailed,
} from '@gts/contracts';
import { type Context, kindOf } from '@gts/kernel';
import { type Caller, isSignedIn } from '../caller';
import { http } from '../errors';
import type { Ports } from '../ports';
import type { FeedItem } from './feed';

/** One line of the stream: its event name and data. */
export type Notice = Readonly<{ event: string; data: unknown; ends?: 'topic' | 'stream' }>;

/** One subject that a reader follows, with the reader's rights. */
export type Topic = Readonly<{
  name: string;
  stream: string;
  /** The current representation. @throws not-found where the reader may not see it */
  snapshot: () => Promise<unknown>;
  /** What an item means for this reader; nothing where it does not concern the topic. */
  notices: (item: FeedItem) => Promise<readonly Notice[]>;
}>;

export type Reader = Readonly<{ caller: Caller; ports: Ports; context: () => Promise<Context> }>;
type Make = (id: string, reader: Reader) => Topic;

const makers: Readonly<Record<string, Make>> = {
  shootout: shootoutTopic,
  'di-track': diTrackTopic,
  'signal-chain': chainTopic,
};

/** @throws HTTP.TOPIC_UNKNOWN, HTTP.NOT_FOUND */
export function topicOf(name: string, reader: Reader): Topic {
  if (name === 'session') return sessionTopic(reader);
  const [kind = '', given = '', ...more] = name.split(':');
  const make = Object.hasOwn(makers, kind) ? makers[kind] : undefined;
  if (!make || more.length > 0) {
    const errors = [{ code: 'topic-unknown', parameter: 'topics', detail: `there is no topic ${name.slice(0, 60)}` }];
    throw http.TOPIC_UNKNOWN.with(
      { details: { errors } },
      'topics are shootout:{id}, di-track:{id}, signal-chain:{id}, session',
    );
  }
  if (!id('Topic').safeParse(given).success) throw http.NOT_FOUND();
  return make(given, reader);
}

const concerns = (item: FeedItem, type: string, aggregateId: string): boolean =>
  'event' in item && item.event.message.aggregate?.type === type && item.event.message.aggregate.id === aggregateId;

/** What changed, read with the reader's rights; a lost right ends the topic. */
export async function reread(read: () => Promise<Notice>, topic: string): Promise<readonly Notice[]> {
  try {
    return [await read()];
  } catch (error) {
    if (kindOf(error) !== 'not-found' && kindOf(error) !== 'forbidden') throw error;
    return [{ event: 'gone', data: { topic }, ends: 'topic' }];
  }
}

type Shown = ReplyOf<typeof GetShootout> | ReplyOf<typeof GetPublicShootout>;

function shootoutTopic(given: string, { caller, ports, context }: Reader): Topic {
  const name = `shootout:${given}`;
  const shootoutId = GetShootout.data.shape.shootoutId.parse(given);
  const asPublic = async () => ports.rpc.call(GetPublicShootout, { shootoutId }, await context());
  const snapshot = async (): Promise<Shown> => {
    if (!isSignedIn(caller)) return asPublic();
    try {
      const own = await ports.rpc.call(GetShootout, { shootoutId }, await context());
      if (own.run) ports.feed.learnRun(own.run.runId, given);
      return own;
    } catch (error) {
      if (kindOf(error) !== 'not-found' && kindOf(error) !== 'forbidden') throw error;
      return asPublic();
    }
  };
  const changed = async (): Promise<Notice> => ({ event: 'shootout.changed', data: shootoutChange(await snapshot()) });
  return {
    name,
    stream: 'EVT_SHOOTOUTS',
    snapshot,
    notices: async (item) => {
      if ('progress' in item) {
        const { runId, toneId, stage, percent } = item.progress;
        if (ports.feed.shootoutOf(runId) !== given || !isSignedIn(caller)) return [];
        return [{ event: 'run.progress', data: { runId, toneId, stage, percent } }];
      }
      const enriched = enrichmentChange(item, given);
      if (enriched) return reread(() => snapshot().then(() => enriched), name);
      if (!concerns(item, 'Shootout', given)) return [];
      const changes = await reread(changed, name);
      return isSignedIn(caller) ? [...failedRun(item), ...changes] : changes;
    },
  };
}

function shootoutChange(shown: Shown) {
  const { manifestVersion, visibility } = shown;
  return 'selections' in shown
    ? { id: shown.id, version: shown.version, status: shown.status, visibility, manifestVersion }
    : { id: shown.id, version: shown.eventSeq, status: 'COMPLETED', visibility, manifestVersion };
}

/** Rights are looked at like with every other change. */
function enrichmentChange(item: FeedItem, shootoutId: string): Notice | undefined {
  if (!('event' in item)) return undefined;
  const { type, data } = item.event.message;
  if (type !== EnrichmentReady.type && type !== EnrichmentFailed.type) return undefined;
  const { kind, ...about } = data as DataOf<typeof EnrichmentReady>;
  if (about.shootoutId !== shootoutId) return undefined;
  return { event: 'enrichment.changed', data: { kind, status: type === EnrichmentReady.type ? 'READY' : 'FAILED' } };
}

function failedRun(item: FeedItem): readonly Notice[] {
  if (!('event' in item) || item.event.message.type !== ShootoutFailed.type) return [];
  const { runId, code, toneId } = item.event.message.data as DataOf<typeof ShootoutFailed>;
  return [{ event: 'run.failed', data: { runId, code, toneId } }];
}

function diTrackTopic(given: string, { ports, context }: Reader): Topic {
  const name = `di-track:${given}`;
  const diTrackId = GetDITrack.data.shape.diTrackId.parse(given);
  const snapshot = async () => ports.rpc.call(GetDITrack, { diTrackId }, await context());
  const changed = async (): Promise<Notice> => {
    const { id: trackId, status, rejection } = await snapshot();
    return { event: 'di-track.changed', data: { id: trackId, status, code: rejection?.code } };
  };
  return {
    name,
    stream: 'EVT_SHOOTOUTS',
    snapshot,
    notices: async (item) => (concerns(item, 'DITrack', given) ? reread(changed, name) : []),
  };
}

function chainTopic(given: string, { ports, context }: Reader): Topic {
  const name = `signal-chain:${given}`;
  const signalChainId = GetSignalChain.data.shape.signalChainId.parse(given);
  const snapshot = async () => ports.rpc.call(GetSignalChain, { signalChainId }, await context());
  const changed = async (): Promise<Notice> => {
    const { id: chainId, version, status } = await snapshot();
    return { event: 'chain.changed', data: { id: chainId, version, status } };
  };
  return {
    name,
    stream: 'EVT_SIGNAL_CHAINS',
    snapshot,
    notices: async (item) => (concerns(item, 'SignalChain', given) ? reread(changed, name) : []),
  };
}

/** Ends the whole stream together with the session or token that reads it. */
function sessionTopic({ caller, ports, context }: Reader): Topic {
  if (!isSignedIn(caller)) throw http.NOT_FOUND();
  return {
    name: 'session',
    stream: 'EVT_IDENTITY',
    snapshot: async () => ports.rpc.call(GetPrincipal, {}, await context()),
    notices: (item) => Promise.resolve(isRevoked(item, caller) ? [{ event: 'session.revoked', data: {} }] : []),
  };
}

/** Whether an event ends the credential of this reader. */
export function isRevoked(item: FeedItem, caller: Caller): boolean {
  if (!('event' in item) || !isSignedIn(caller)) return false;
  const { userId, sessionId, tokenId } = caller.principal;
  const { type, data } = item.event.message;
  if (type === ApiTokenRevoked.type) return (data as DataOf<typeof ApiTokenRevoked>).tokenId === tokenId;
  if (type !== SessionsRevoked.type) return false;
  const ended = data as DataOf<typeof SessionsRevoked>;
  if (ended.userId !== userId || sessionId === undefined) return false;
  return ended.sessionIds === 'all' || ended.sessionIds.includes(sessionId);
}
