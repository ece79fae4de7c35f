import { catalogue, declaredServices, eventStream, topologyOf } from '@gts/contracts';
import type { ContextName } from '@gts/kernel';
import { watchStreams } from '@gts/messaging';
import type { PrometheusMetrics } from '@gts/observability';
import type { Opened } from './infrastructure';
import type { Background } from './service';

/** The streams that a service reads, and the one that its own events go to. */
function streamsOf(service: ContextName): readonly string[] {
  const { streams, consumers } = topologyOf(catalogue, declaredServices);
  const read = consumers.filter((each) => each.service === service).map(({ stream }) => stream);
  const own = streams.filter(({ name }) => name === eventStream(service)).map(({ name }) => name);
  return [...new Set([...own, ...read])];
}

/** Tells when a stream of the service was made anew or put back. */
export function streamWatch<C>(
  service: ContextName,
  { infra, bus }: Pick<Opened<C>, 'infra' | 'bus'>,
  metrics: PrometheusMetrics,
): Background {
  const { store, logger: log } = infra;
  return { name: 'stream watch', ...watchStreams({ service, streams: streamsOf(service), store, bus, metrics, log }) };
}
