import type { MessageId } from '@gts/kernel';
import type { NewOutboxRow } from '@gts/persistence';

const MOST_REMEMBERED_KEYS = 10_000;

/** The rows of one order key that this process is about to send, in order; the first may be on its way. */
export type Lane = {
  readonly key: string;
  readonly rows: NewOutboxRow[];
  sending: boolean;
  tries: number;
  /** Tries that failed in a way nobody knows: a broker that was away does not count. */
  unknown: number;
};

/** Which rows are in hand, and how far each key has come. */
export class Keys {
  readonly lanes = new Map<string, Lane>();
  /** Keys whose head is quarantined. */
  readonly blocked = new Set<string>();
  /** In flight, or acknowledged and not yet marked. */
  readonly #remembered = new Set<MessageId>();
  readonly #last = new Map<string, number>();

  has = (id: MessageId): boolean => this.#remembered.has(id);

  forget(ids: readonly MessageId[]): void {
    for (const id of ids) this.#remembered.delete(id);
  }

  clear(): void {
    for (const lane of this.lanes.values()) lane.rows.length = 0;
    this.lanes.clear();
    this.blocked.clear();
    this.#remembered.clear();
    this.#last.clear();
  }

  /** Adds rows behind what the key has; answers the lane if it is new. */
  enqueue(key: string, rows: readonly NewOutboxRow[]): Lane | undefined {
    const fresh = rows.filter(({ id }) => !this.has(id));
    for (const { id } of fresh) this.#remembered.add(id);
    const lane = this.lanes.get(key);
    if (lane) lane.rows.push(...fresh);
    if (lane || fresh.length === 0) return undefined;
    const made: Lane = { key, rows: fresh, sending: false, tries: 0, unknown: 0 };
    this.lanes.set(key, made);
    return made;
  }

  /** Whether nothing unpublished can stand before this row: then it may skip the poll. */
  follows({ orderKey, orderSeq }: NewOutboxRow): boolean {
    if (this.blocked.has(orderKey)) return false;
    const last = this.lanes.get(orderKey)?.rows.at(-1)?.orderSeq ?? this.#last.get(orderKey);
    if (last !== undefined) return last === orderSeq - 1;
    return orderSeq === 1 && !orderKey.startsWith('dlq/');
  }

  published({ orderKey, orderSeq }: NewOutboxRow): void {
    this.#last.delete(orderKey);
    this.#last.set(orderKey, orderSeq);
    const [oldest] = this.#last.keys();
    if (this.#last.size > MOST_REMEMBERED_KEYS && oldest !== undefined) this.#last.delete(oldest);
  }

  /** Drops a key's rows from hand; the store still has them. */
  drop(lane: Lane): void {
    this.lanes.delete(lane.key);
    this.forget(lane.rows.map(({ id }) => id));
  }
}
