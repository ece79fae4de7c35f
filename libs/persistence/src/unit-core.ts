import { type Context, hasCode } from '@gts/kernel';
import { storeErrors } from './errors';
import type { CollectionDef, CommandRow, NewOutboxRow } from './ports';
import type { Session, Soon } from './session';

type Life = Readonly<{
  ctx: Context;
  session: Session;
  startedMs: number;
  timeoutMs: number;
  epochMs: () => number;
  ensure: (def: CollectionDef) => Soon<void>;
}>;

/** Errors after which nothing was written and the unit may go on. */
const harmless = (error: unknown) =>
  hasCode(error, storeErrors.NOT_FOUND.code) || hasCode(error, storeErrors.VERSION_CONFLICT.code);

/** The life of one transaction, shared by all views of it: one operation at a time, doomed after any error. */
export class UnitCore {
  readonly rows: NewOutboxRow[] = [];
  readonly actions: (() => void)[] = [];
  reply: Omit<CommandRow, 'at'> | undefined;
  /** Whether a command row is wanted although nothing was written. */
  answers = false;
  writes = 0;
  open = true;
  #busy = false;
  #timeMs: Soon<number> | undefined;
  #doom: { why: string; cause: unknown } | undefined;

  constructor(readonly life: Life) {}

  /** Store time of this unit, asked once: what is stamped in one unit happened together. */
  timeMs(): Soon<number> {
    return (this.#timeMs ??= this.session.nowMs());
  }

  get session(): Session {
    return this.life.session;
  }

  /** Runs one operation; its promise is settled before the caller's continuation sees the unit free again. */
  run<R>(work: () => Soon<R>): Promise<R> {
    try {
      this.assertUsable();
    } catch (error) {
      return Promise.reject(error as Error);
    }
    this.#busy = true;
    return attempt(work).then(
      (result) => {
        this.#busy = false;
        return result;
      },
      (error: unknown) => {
        this.#busy = false;
        if (!harmless(error)) this.doom('an operation failed before', error);
        throw error;
      },
    );
  }

  assertUsable(): void {
    this.assertAlive();
    if (this.#busy) {
      this.doom('two operations ran at once');
      throw storeErrors.CONCURRENT_USE_OF_UNIT();
    }
  }

  /** @throws STORE.UNIT_DOOMED with the first reason as its cause */
  assertAlive(): void {
    if (!this.open) throw storeErrors.UNIT_DOOMED('it has ended');
    const { ctx, startedMs, timeoutMs, epochMs } = this.life;
    if (epochMs() - startedMs > timeoutMs) this.doom(`it took longer than ${timeoutMs} ms`);
    if (ctx.signal?.aborted) this.doom('its caller gave up');
    if (this.#doom) throw storeErrors.UNIT_DOOMED.with({ cause: this.#doom.cause }, this.#doom.why);
  }

  doom(why: string, cause?: unknown): void {
    this.#doom ??= { why, cause };
  }
}

async function attempt<R>(work: () => Soon<R>): Promise<R> {
  return work();
}
