import { isDeepStrictEqual } from 'node:util';
import type { Context, Instant } from '@gts/kernel';
import { bare } from './documents';
import { storeErrors } from './errors';
import type { DocumentMeta, Reader, Repositories, Repository, RepositoryDef, Stored, Unit } from './ports';
import type { UpdateOptions, Writer } from './ports';
import { retried } from './retry';
import { coreOf, hasOpenUnit } from './slot';

/** Repositories of one aggregate type: state and its messages are saved together, or not at all. */
export const repositories =
  <S, E, M>(def: RepositoryDef<S, E, M>): Repositories<S, E> =>
  (ctx) =>
    repository(def, ctx);

function repository<S, E, M>(def: RepositoryDef<S, E, M>, ctx: Context): Repository<S, E> {
  const reader = def.store.collection(def.collection, ctx);
  const run = <R>(work: (saving: Saving<S, E, M>) => Promise<R>): Promise<R> => {
    const unit = () => def.store.transaction(ctx, (opened) => work(new Saving(def, opened)));
    return hasOpenUnit(ctx) ? unit() : retried(unit);
  };
  return {
    ...reader,
    create: (id, decide, reply) =>
      run(async (saving) => {
        const { state, events } = decide();
        return saving.answer(await saving.insert(id, state, events), reply);
      }),
    // oxlint-disable-next-line eslint/max-params -- the port's signature
    update: (id, decide, reply, options) =>
      run(async (saving) => {
        const old = await saving.read(id, options);
        const { state, events } = decide(old);
        return saving.answer(await saving.replace(old, state, events), reply);
      }),
    delete: (id, decide, options) =>
      run(async (saving) => {
        const old = await saving.read(id, options);
        await saving.remove(old, decide(old));
        saving.answer(old, undefined);
      }),
    restore: (id, decide, reply) =>
      run(async (saving) => {
        const old = await saving.revive(id);
        const { state, events } = decide(old);
        return saving.answer(await saving.replace(old, state, events), reply);
      }),
  };
}

/** One saving of one aggregate inside one unit. */
class Saving<S, E, M> {
  readonly #rows: Reader<S> & Writer<S>;

  constructor(
    readonly def: RepositoryDef<S, E, M>,
    readonly unit: Unit,
  ) {
    this.#rows = unit.collection(def.collection);
  }

  async read(id: string, options: UpdateOptions | undefined): Promise<Stored<S>> {
    const old = await this.#rows.get(id);
    const expected = options?.expectedVersion ?? '*';
    if (expected === '*' || expected === old.meta.version) return old;
    const details = { currentVersion: old.meta.version, expectedVersion: expected };
    throw storeErrors.VERSION_CONFLICT.with({ details }, this.def.collection.name, id);
  }

  async insert(id: string, state: S, events: readonly E[]): Promise<Stored<S>> {
    const eventSeq = await this.#publish({ id, eventSeq: 0 }, state, events);
    return stored(state, await this.#rows.insert(id, bare(state), eventSeq));
  }

  async replace(old: Stored<S>, state: S, events: readonly E[]): Promise<Stored<S>> {
    const next = bare(state);
    if (events.length === 0 && ((state as unknown) === old || isDeepStrictEqual(next, bare<unknown>(old)))) return old;
    const eventSeq = await this.#publish(old.meta, next, events);
    return stored(next, await this.#rows.replace(old.meta.id, old.meta.version, next, eventSeq));
  }

  async remove(old: Stored<S>, events: readonly E[]): Promise<void> {
    const eventSeq = await this.#publish(old.meta, bare(old) as S, events);
    await this.#rows.delete(old.meta.id, eventSeq);
  }

  async revive(id: string): Promise<Stored<S>> {
    await this.#rows.restore(id);
    return this.#rows.get(id);
  }

  /** The reply, which is also what a repetition of the command is answered. */
  answer<R>(state: Stored<S>, reply: ((state: Stored<S>) => R) | undefined): R {
    const core = coreOf(this.unit.ctx);
    if (core) core.answers = true;
    return reply?.(state) as R;
  }

  /** Numbers the events without a gap and hands them to the outbox. */
  async #publish(from: Pick<DocumentMeta, 'id' | 'eventSeq'>, state: S, events: readonly E[]): Promise<number> {
    const messages = events.flatMap((event) => this.def.translate(event, state));
    let version = from.eventSeq;
    const occurredAt: Instant | undefined = messages.length > 0 ? await this.unit.now() : undefined;
    if (occurredAt === undefined) return version;
    for (const message of messages) {
      const numbered = this.def.encoder.numbered(message);
      if (numbered) version += 1;
      const aggregate = { type: this.def.aggregate, id: from.id, version };
      const meta = { ctx: this.unit.ctx, occurredAt, ...(numbered && { aggregate }) };
      this.unit.outbox.add(this.def.encoder.encode(message, meta));
    }
    return version;
  }
}

const stored = <S>(state: S, meta: DocumentMeta): Stored<S> => ({ ...state, meta });
