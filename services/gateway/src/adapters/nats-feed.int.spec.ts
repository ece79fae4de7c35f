import { catalogue, declaredServices, ShootoutRenderStarted, topologyOf } from '@gts/contracts';
import { clockOf, idFactory } from '@gts/kernel';
import { applyTopology, connectNats, createEncoder, natsBus } from '@gts/messaging';
import { silentLogger } from '@gts/observability';
import { aContext, anId, startNats } from '@gts/testing';
import { createFeed, type FeedItem } from '../application/events/feed';
import { NatsFeed } from './nats-feed';

const STREAM = 'EVT_SHOOTOUTS';
const topology = topologyOf(catalogue, declaredServices, { limits: 'development' });
const clock = clockOf(() => Math.floor(performance.timeOrigin + performance.now()));
const encoder = createEncoder({ producer: 'shootouts', newId: idFactory(() => clock.epochMs()), clock });

async function setUp() {
  const server = await startNats();
  const nc = await connectNats({ service: 'gateway', url: server.url });
  await applyTopology(nc, topology, { mode: 'apply' });
  const bus = natsBus({ nc, inbox: '_INBOX_gateway' });
  const say = (version: number) => {
    const data = { shootoutId: anId(40), runId: anId(version) };
    const aggregate = { type: 'Shootout', id: anId(40), version };
    const about = { ctx: aContext(), occurredAt: clock.now(), aggregate };
    const { subject, headers, body } = encoder.encode({ message: ShootoutRenderStarted, data }, about);
    return bus.publish({ subject, headers, body });
  };
  const recreate = async () => {
    await (await nc.jetstreamManager()).streams.delete(STREAM);
    await applyTopology(nc, topology, { mode: 'apply' });
  };
  const close = async () => {
    await bus.close();
    await nc.close();
    await server.stop();
  };
  return { nc, say, recreate, close };
}

/** What a reader of the feed hears, in short. */
function listener(feed: ReturnType<typeof createFeed>) {
  const heard: string[] = [];
  let more = () => undefined as void;
  const word = (item: FeedItem) => {
    if ('event' in item) return `${item.event.seq}: version ${item.event.message.aggregate?.version}`;
    return 'restarted' in item ? `${item.restarted.seq}: restarted` : 'progress';
  };
  feed.listen((item) => {
    heard.push(word(item));
    more();
  });
  const until = async (count: number) => {
    while (heard.length < count) await new Promise<void>((resolve) => (more = resolve));
    return heard;
  };
  return { heard, until };
}

test('a stream made anew under the feed: its readers hear of it and get the events with low sequences', async () => {
  const { nc, say, recreate, close } = await setUp();
  const feed = createFeed();
  const counted: unknown[] = [];
  const metrics = { count: (name: string, labels?: unknown) => void counted.push([name, labels]) };
  const streams = new NatsFeed({ nc, feed, logger: silentLogger, metrics, lookMs: 100 });
  const { until } = listener(feed);
  await streams.start();
  for (const version of [1, 2, 3]) await say(version);
  await until(3);
  await recreate();
  await say(4);
  const heard = await until(5);
  expect(heard).toEqual(['1: version 1', '2: version 2', '3: version 3', '4: restarted', '5: version 4']);
  expect(counted).toEqual([['messaging_stream_resets_total', { stream: STREAM }]]);
  // Whoever comes back with a place of the old stream is told to read anew, with one of the new goes on.
  expect(feed.since(new Map([[STREAM, 1]]))).toBeUndefined();
  expect(feed.since(new Map([[STREAM, 4]]))).toHaveLength(1);
  streams.stop();
  await close();
});
