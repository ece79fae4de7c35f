import { type Context, isDomainError, type TenantId } from '@gts/kernel';
import { aContext, anId } from '../ids';
import { Dice } from './dice';
import type { World } from './sim-process';
import type { RunVerb } from './toy-runs';

/** What a client knows of one command: I7 compares it with the rows. */
export type Deed = {
  readonly tenantId: TenantId;
  readonly runId: string;
  readonly verb: RunVerb;
  readonly command: string;
  outcome: 'ok' | 'refused' | 'unknown';
  answers: number;
};
type Script = Readonly<{ tenantId: TenantId; runId: string; verbs: readonly RunVerb[]; dice: Dice }>;
/** How a client reaches the service that lives now; undefined while nobody does. */
export type Door = () => ((verb: RunVerb, runId: string, ctx: Context) => Promise<void>) | undefined;

/** Whether somebody gives this run up. */
export const isGivenUp = (seed: number, runId: string): boolean => Dice.named(seed, `cancel ${runId}`).chance(0.2);

const PATIENCE_MS = 2000;
const TRIES = 30;

const callerOf = (tenantId: TenantId, commandId?: string): Context =>
  aContext({ tenantId, ...(commandId !== undefined && { commandId }), correlationId: `client of ${tenantId}` });

/** Clients of two tenants: they create runs, write notes, sometimes cancel, and repeat what was not answered. */
export class ToyClients {
  readonly ledger: Deed[] = [];
  #open = 0;
  #commands = 0;

  constructor(
    readonly world: World,
    readonly door: Door,
  ) {}

  /** Whether somebody still waits for an answer. */
  get busy(): boolean {
    return this.#open > 0;
  }

  /** One run with its notes; commands of it at once, or, if `inTurn`, each after the answer of the one before. */
  async play(tenantId: TenantId, runId: string, inTurn: boolean): Promise<void> {
    const { time, seed } = this.world;
    const dice = Dice.named(seed, `client ${runId}`);
    this.#open++;
    await time.sleep(dice.between(0, 2000));
    await this.#do({ tenantId, runId, verb: 'create' });
    const verbs: RunVerb[] = Array.from({ length: dice.between(2, 5) }, () => 'note');
    if (isGivenUp(seed, runId)) verbs.push('cancel');
    if (inTurn) for (const verb of [...verbs, 'note' as const]) await this.#do({ tenantId, runId, verb });
    else await this.#together({ tenantId, runId, verbs, dice });
    this.#open--;
  }

  async #together({ tenantId, runId, verbs, dice }: Script): Promise<void> {
    const { time } = this.world;
    await Promise.all(
      verbs.map(async (verb) => {
        await time.sleep(dice.between(0, 8000));
        await this.#do({ tenantId, runId, verb });
      }),
    );
  }

  async #do(what: Pick<Deed, 'tenantId' | 'runId' | 'verb'>): Promise<void> {
    const deed: Deed = {
      ...what,
      command: anId<'Command'>(700_000 + ++this.#commands),
      outcome: 'unknown',
      answers: 0,
    };
    this.ledger.push(deed);
    for (let attempt = 1; attempt <= TRIES && deed.outcome === 'unknown'; attempt++) await this.#try(deed);
  }

  #try(deed: Deed): Promise<void> {
    const { time, dice } = this.world;
    const { tenantId, runId, verb, command } = deed;
    return new Promise((resolve) => {
      // No answer in time: the client asks again, with the same command id.
      const giveUp = time.after(PATIENCE_MS, resolve);
      const answered = (outcome: Deed['outcome']) => {
        giveUp();
        deed.outcome = outcome;
        deed.answers++;
        resolve();
      };
      const call = this.door();
      if (!call) return;
      call(verb, runId, callerOf(tenantId, command)).then(
        () => !dice.chance(this.world.chaos.lostAck) && answered('ok'),
        (error: unknown) => (isRefusal(error) ? answered('refused') : undefined),
      );
    });
  }
}

const isRefusal = (error: unknown): boolean => isDomainError(error) && error.code === 'TOY.RUN_CANCELLED';
