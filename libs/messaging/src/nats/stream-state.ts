import { type NatsConnection, NatsError } from 'nats';
import type { BusMessage, StreamState } from '../bus';

const NO_STREAM = 10_059;
const NO_MESSAGE = 10_037;

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

/** One message as the stream keeps it; undefined where it does not, or there is no such stream. */
export async function messageOf(nc: NatsConnection, stream: string, seq: number): Promise<BusMessage | undefined> {
  const jsm = await nc.jetstreamManager({ checkAPI: false });
  try {
    const { subject, header, data } = await jsm.streams.getMessage(stream, { seq });
    const headers = Object.fromEntries([...header].map(([name, values]) => [name, values[0] ?? '']));
    return { subject, headers, body: data };
  } catch (error) {
    const code = error instanceof NatsError ? (error.api_error?.err_code ?? Number(error.code)) : 0;
    if (code === NO_STREAM || code === NO_MESSAGE || code === 404) return undefined;
    throw error;
  }
}
