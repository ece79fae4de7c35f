import { z } from 'zod';
import { isSignedIn } from '../caller';
import { http } from '../errors';
import type { Ports } from '../ports';
import { type Answer, type EdgeRequest, route, type Route } from '../route';
import { EventStream } from './event-stream';
import { type Reader, topicOf } from './topics';

const MOST_TOPICS = 20;
const READ_MS = 5000;

async function open(request: EdgeRequest, ports: Ports): Promise<Answer> {
  const { caller, ctx, headers } = request;
  const key = isSignedIn(caller) ? (caller.principal.sessionId ?? caller.principal.tokenId ?? '') : caller.address;
  if (ports.streams.isFull(key)) throw http.RATE_LIMITED.with({ retryAfterMs: 10_000 }, 10);
  const reader: Reader = {
    caller,
    ports,
    // A stream outlives a token: each read gets a fresh one.
    context: async () => ({
      ...ctx,
      token: await ports.tokens.forCaller(caller),
      deadline: ports.clock.epochMs() + READ_MS,
    }),
  };
  const topics = namesIn(request).map((name) => topicOf(name, reader));
  const lastEventId = headers['last-event-id'];
  const state: { stream?: EventStream } = {};
  // Before the snapshots are read: what happens meanwhile may be in none of them.
  const since = ports.feed.positions();
  const options = { topics, reader, since, lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined };
  const snapshots = await Promise.all(topics.map((topic) => topic.snapshot()));
  return {
    takeOver: (response) => {
      const stream = new EventStream(response, {
        ...options,
        ended: () => state.stream && ports.streams.remove(key, state.stream),
      });
      state.stream = stream;
      ports.streams.add(key, stream);
      stream.open(snapshots);
    },
  };
}

function namesIn({ query }: EdgeRequest): readonly string[] {
  const names = [
    ...new Set(
      String(query['topics'])
        .split(',')
        .filter((name) => name !== ''),
    ),
  ];
  if (names.length >= 1 && names.length <= MOST_TOPICS) return names;
  const detail = `1 to ${MOST_TOPICS} topics`;
  throw http.INVALID_PARAMETER.with(
    { details: { errors: [{ code: 'invalid-parameter', parameter: 'topics', detail, limit: MOST_TOPICS }] } },
    detail,
  );
}

/** Live updates (api.md §4). */
export const eventRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/events',
    who: 'G',
    tag: 'gateway',
    operationId: 'FollowEvents',
    summary: 'Snapshots and changes of up to 20 topics as server-sent events.',
    query: z.strictObject({ topics: z.string().max(2000) }),
    headers: { 'Last-Event-ID': { example: 'EVT_SHOOTOUTS:812' } },
    produces: 'text/event-stream',
    codes: ['HTTP.NOT_FOUND', 'HTTP.TOPIC_UNKNOWN'],
    example: { query: { topics: 'session' } },
    act: open,
  }),
];
