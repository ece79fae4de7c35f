import { epochMsOf, type Instant, instantOf } from '@gts/kernel';
import type { Unit } from '@gts/persistence';
import { Unfit } from '../incoming';
import type { Incoming } from '../subscription';
import { gateRows } from './rows';

const LONG_GAP_MS = 30_000;
type Aggregate = NonNullable<Incoming['aggregate']>;
/** Key of a gate row. */
export const gateKey = (consumer: string, { type, id }: Aggregate): string => `${consumer}/${type}/${id}`;

type Gate = { tenantId: string; lastVersion: number; gapSince: string | null; changed: boolean };

/** Versions of each aggregate are applied 1, 2, 3 … without gap or step back. */
export class Gates {
  readonly #unit: Unit;
  readonly #consumer: string;
  readonly #nowMs: number;
  readonly #gates = new Map<string, Gate>();

  constructor(unit: Unit, consumer: string, nowMs: number) {
    this.#unit = unit;
    this.#consumer = consumer;
    this.#nowMs = nowMs;
  }

  /** Reads the gates of all these messages at once. */
  prefetch(messages: readonly Incoming[]): Promise<void> {
    const keys = messages.map(({ aggregate }) => aggregate && this.#keyOf(aggregate));
    return this.#unit.prefetch(gateRows, [...new Set(keys.filter((key) => key !== undefined))]);
  }

  /** Undefined: apply it. @throws TENANT_MISMATCH */
  async judge({ aggregate, tenantId }: Incoming): Promise<'old' | 'gap' | 'long gap' | undefined> {
    if (!aggregate) throw new Unfit('ENVELOPE_INVALID', 'aggregate');
    const gate = await this.#gate(this.#keyOf(aggregate), tenantId);
    if (gate.tenantId !== tenantId) throw new Unfit('TENANT_MISMATCH', 'the aggregate belongs to another tenant');
    if (aggregate.version <= gate.lastVersion) return 'old';
    if (aggregate.version > gate.lastVersion + 1) return this.#gap(gate);
    gate.lastVersion = aggregate.version;
    gate.gapSince = null;
    gate.changed = true;
    return undefined;
  }

  async save(): Promise<void> {
    for (const [key, { changed, ...gate }] of this.#gates)
      if (changed) await this.#unit.collection(gateRows).put(key, gate);
  }

  #keyOf = (aggregate: Aggregate): string => gateKey(this.#consumer, aggregate);

  #gap(gate: Gate): 'gap' | 'long gap' {
    if (gate.gapSince === null) {
      gate.gapSince = instantOf(this.#nowMs);
      gate.changed = true;
    }
    return this.#nowMs - epochMsOf(gate.gapSince as Instant) > LONG_GAP_MS ? 'long gap' : 'gap';
  }

  async #gate(key: string, tenantId: string): Promise<Gate> {
    const known = this.#gates.get(key);
    if (known) return known;
    const row = await this.#unit.collection(gateRows).find(key);
    const gate = row
      ? { tenantId: row.tenantId, lastVersion: row.lastVersion, gapSince: row.gapSince, changed: false }
      : { tenantId, lastVersion: 0, gapSince: null, changed: false };
    this.#gates.set(key, gate);
    return gate;
  }
}
