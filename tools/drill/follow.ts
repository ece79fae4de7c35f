// A reader of an event stream, as a browser is one: comes back after the wait that it was told, with the last id.
import type { Notice } from './witness.ts';

export type Follower = Readonly<{
  topic: string;
  notices: readonly Notice[];
  /** How often the stream was opened. */
  opened(): number;
  stop(): Promise<void>;
}>;
type Following = Readonly<{
  url: string;
  headers: Readonly<Record<string, string>>;
  /** `shootout:<id>`, `signal-chain:<id>` */
  topic: string;
  /** Told of everything but a stream that ends as streams end. */
  failed: (why: string) => void;
}>;

/** Until a stream says otherwise. */
const WAIT_MS = 500;
const fieldsOf = (block: string): ReadonlyMap<string, string> =>
  new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );

/** Blocks of text between empty lines, as they come in. */
async function* blocksOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<ReadonlyMap<string, string>> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of body) {
    text += decoder.decode(part, { stream: true });
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      yield fieldsOf(text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
}

const whyOf = (error: unknown): string => {
  const { cause, message } = error as Error & { cause?: { code?: string } };
  return cause?.code ?? message;
};

/** Follows a topic until stopped. */
export function follow({ url, headers, topic, failed }: Following): Follower {
  const notices: Notice[] = [];
  const gone = new AbortController();
  let opened = 0;
  let lastId: string | undefined;
  let waitMs = WAIT_MS;
  const heard = (fields: ReadonlyMap<string, string>) => {
    const [id, event, data] = ['id', 'event', 'data'].map((field) => fields.get(field));
    waitMs = Number(fields.get('retry') ?? waitMs);
    lastId = id ?? lastId;
    if (event !== undefined) notices.push({ ...(id !== undefined && { id }), event, data: JSON.parse(data ?? '{}') });
  };
  const once = async () => {
    const again = lastId === undefined ? {} : { 'last-event-id': lastId };
    const path = `${url}/api/v1/events?topics=${topic}`;
    const answer = await fetch(path, { headers: { ...headers, ...again }, signal: gone.signal });
    if (!answer.ok || !answer.body) return failed(`GET /events: ${answer.status}`);
    opened += 1;
    for await (const fields of blocksOf(answer.body)) heard(fields);
  };
  const pause = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, waitMs);
    gone.signal.addEventListener('abort', () => resolve());
    return promise;
  };
  const run = async () => {
    while (!gone.signal.aborted) {
      await once().catch((error: unknown) => gone.signal.aborted || failed(`GET /events: ${whyOf(error)}`));
      if (!gone.signal.aborted) await pause();
    }
  };
  const running = run();
  return { topic, notices, opened: () => opened, stop: () => (gone.abort(), running) };
}
