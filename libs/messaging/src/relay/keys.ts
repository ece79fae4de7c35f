import type { MessageId } from '@gts/kernel';
import type { NewOutboxRow } from '@gts/persistence';

const MOST_REMEMBERED_KEYS = 10_000;

/** The rows of one order key that this process is about to send, in order; the first may be on its way. */
export type Lane = {
  readonly key: string;
  readonly partition: number;
  readonly rows: NewOutboxRow[];
  sending: boolean;
  tries: number;
  /** Tries that failed in a way nobody knows: a broker that was away does not count. */
  unknown: number;
};

type Row = Pick<NewOutboxRow, 'orderKey' | 'orderSeq' | 'partition'>;

/** Which rows are in hand, and how far each key has come. */
export class Keys {
  readonly lanes = new Map<string, Lane>();
  /** Keys whose head is quarantined, with their partition. */
  readonly #blocked = new Map<string, number>();
  /** In flight, or acknowledged and not yet marked; with their partition. */
  readonly #remembered = new Map<MessageId, number>();
  readonly #last = new Map<string, Row>();

  has = (id: MessageId): boolean => this.#remembered.has(id);

  forget(ids: readonly MessageId[]): void {
    for (const id of ids) this.#remembered.delete(id);
  }

  get blocked(): readonly string[] {
    return [...this.#blocked.keys()];
  }

  block({ orderKey, partition }: Row): void {
    this.#blocked.set(orderKey, partition);
  }

  unblock(key: string): void {
    this.#blocked.delete(key);
  }

  /** Forgets all of one partition: somebody else sends it now. */
  leave(partition: number): void {
    for (const [key, lane] of this.lanes) {
      if (lane.partition !== partition) continue;
      lane.rows.length = 0;
      this.lanes.delete(key);
    }
    for (const [key, of] of this.#blocked) if (of === partition) this.#blocked.delete(key);
    for (const [id, of] of this.#remembered) if (of === partition) this.#remembered.delete(id);
    for (const [key, row] of this.#last) if (row.partition === partition) this.#last.delete(key);
  }

  /** Adds rows behind what the key has; answers the lane if it is new. */
  enqueue(key: string, rows: readonly NewOutboxRow[]): Lane | undefined {
    const fresh = rows.filter(({ id }) => !this.has(id));
    for (const { id, partition } of fresh) this.#remembered.set(id, partition);
    const lane = this.lanes.get(key);
    if (lane) lane.rows.push(...fresh);
    const [first] = fresh;
    if (lane || !first) return undefined;
    const made: Lane = { key, partition: first.partition, rows: fresh, sending: false, tries: 0, unknown: 0 };
    this.lanes.set(key, made);
    return made;
  }

  /** Whether nothing unpublished can stand before this row: then it may skip the poll. */
  follows({ orderKey, orderSeq }: NewOutboxRow): boolean {
    if (this.#blocked.has(orderKey)) return false;
    const last = this.lanes.get(orderKey)?.rows.at(-1)?.orderSeq ?? this.#last.get(orderKey)?.orderSeq;
    if (last !== undefined) return last === orderSeq - 1;
    return orderSeq === 1 && !orderKey.startsWith('dlq/');
  }

  published({ orderKey, orderSeq, partition }: NewOutboxRow): void {
    this.#last.delete(orderKey);
    this.#last.set(orderKey, { orderKey, orderSeq, partition });
    const [oldest] = this.#last.keys();
    if (this.#last.size > MOST_REMEMBERED_KEYS && oldest !== undefined) this.#last.delete(oldest);
  }

  /** Drops a key's rows from hand; the store still has them. */
  drop(lane: Lane): void {
    this.lanes.delete(lane.key);
    this.forget(lane.rows.map(({ id }) => id));
  }
}
