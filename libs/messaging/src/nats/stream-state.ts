import { type NatsConnection, NatsError } from 'nats';
import type { StreamState } from '../bus';

const NO_STREAM = 10_059;

/** What the broker says of a stream; undefined where it has none of that name. */
export async function streamStateOf(nc: NatsConnection, name: string): Promise<StreamState | undefined> {
  const jsm = await nc.jetstreamManager({ checkAPI: false });
  try {
    const { created, config, state } = await jsm.streams.info(name);
    const filled = config.max_bytes > 0 ? { filled: state.bytes / config.max_bytes } : {};
    return { created, lastSeq: state.last_seq, ...filled };
  } catch (error) {
    if (error instanceof NatsError && error.api_error?.err_code === NO_STREAM) return undefined;
    throw error;
  }
}
