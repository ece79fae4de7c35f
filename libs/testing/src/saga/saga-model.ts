import { type Instant, instantOf, epochMsOf, type MessageId, type SagaRef } from '@gts/kernel';
import {
  type AnySaga,
  type Input,
  isEnded,
  type SagaCommand,
  type SagaInstance,
  step,
  stepNamed,
  type StepDef,
  type Timer,
  undoOf,
} from '@gts/saga';
import { anId } from '../ids';

/** How a model participant answers a command: `failed` may be tried again, `refused` may not. */
export type Answer = 'done' | 'failed' | 'refused' | 'doing';
type OpState = 'doing' | 'done' | 'failed' | 'undone' | 'tombstone';
export type ModelOp = Readonly<{ state: OpState; saga: SagaRef; event?: string; data?: unknown }>;
export type ModelReply = Readonly<{ id: string; saga: SagaRef; event: string; data: unknown }>;
type ImpulseOf<I> = I extends Input ? Omit<I, 'now' | 'newId'> : never;
type Impulse = ImpulseOf<Input>;

const TENANT = anId<'Tenant'>(0);

/**
 * A saga with model participants over a network that may lose, repeat and delay: pure, without a store. The
 * participants follow the table of `delivery.md` §9, with fence, tombstone and inbox.
 */
export class SagaModel {
  instance: SagaInstance | undefined;
  timers: readonly Timer[] = [];
  commands: SagaCommand[] = [];
  replies: ModelReply[] = [];
  /** All commands ever issued, in order. */
  readonly sent: SagaCommand[] = [];
  readonly ops = new Map<string, ModelOp>();
  sentAfterEnd = 0;
  #nowMs = Date.UTC(2026, 0, 1);
  #ids = 0;
  readonly #fences = new Map<string, number>();
  readonly #inbox = new Set<string>();

  constructor(readonly definition: AnySaga) {}

  get now(): Instant {
    return instantOf(this.#nowMs);
  }

  get ended(): boolean {
    return this.instance !== undefined && isEnded(this.instance);
  }

  input(impulse: Impulse): void {
    const before = this.instance;
    const input = { ...impulse, now: this.now, newId: () => this.#newId() } as Input;
    const result = step(this.definition, before, input);
    if (before && isEnded(before)) this.sentAfterEnd += result.outbox.length;
    const gone = new Set([...result.timers.clear, ...result.timers.set].map((each) => `${each.epoch}:${each.kind}`));
    this.timers = [...this.timers.filter((each) => !gone.has(`${each.epoch}:${each.kind}`)), ...result.timers.set];
    this.instance = result.instance;
    this.commands = [...this.commands, ...result.outbox];
    this.sent.push(...result.outbox);
  }

  start(data: unknown): void {
    this.input({ type: 'start', id: anId(1), tenantId: TENANT as never, data });
  }

  /** Moves time to the next timer and fires it. */
  fireNext(): Timer | undefined {
    const [next] = this.timers.toSorted((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
    if (!next) return undefined;
    this.#nowMs = Math.max(this.#nowMs, epochMsOf(next.dueAt));
    this.timers = this.timers.filter((each) => each !== next);
    this.input({ type: 'timer', epoch: next.epoch, kind: next.kind });
    return next;
  }

  /** Hands a reply to the saga; `keep` leaves a copy in the network. */
  deliverReply(reply: ModelReply, keep = false): void {
    if (!keep) this.replies = this.replies.filter((each) => each !== reply);
    if (!this.#firstTime(`host ${reply.id}`)) return;
    this.input({ type: 'reply', saga: reply.saga, outcome: { event: reply.event, data: reply.data } });
  }

  /** Hands a command to its participant, which answers so if it has the choice. */
  deliverCommand(command: SagaCommand, answer: Answer, keep = false): void {
    if (!keep) this.commands = this.commands.filter((each) => each !== command);
    if (!this.#firstTime(`participant ${command.id}`) || !this.#passesFence(command)) return;
    const { saga } = command;
    const isUndo = undoOf(this.definition, saga.step)?.send.type === command.message.type;
    if (isUndo) this.#undo(saga);
    else this.#do(saga, answer);
  }

  /** Everything in the network arrives once; commands that may choose answer so. */
  deliverAll(answer: Answer): void {
    for (const command of this.commands) this.deliverCommand(command, answer);
    for (const reply of this.replies) this.deliverReply(reply);
  }

  /** Ends a job. */
  complete(name: string, answer: Exclude<Answer, 'doing'>): void {
    const op = this.ops.get(name);
    if (op?.state === 'doing') this.#settle(op.saga, answer);
  }

  #do(saga: SagaRef, answer: Answer): void {
    const op = this.ops.get(saga.step);
    if (op?.state === 'undone' || op?.state === 'tombstone') return this.#answer(saga, 'failed', { retryable: false });
    if (op?.state === 'done') return this.#repeat({ ...op, saga });
    if (op?.state === 'doing' || answer === 'doing') {
      this.ops.set(saga.step, { state: 'doing', saga });
      return;
    }
    this.#settle(saga, answer);
  }

  #settle(saga: SagaRef, answer: Exclude<Answer, 'doing'>): void {
    const kind = answer === 'done' ? 'done' : 'failed';
    this.ops.set(saga.step, { state: kind, saga });
    this.#answer(saga, kind, { retryable: answer === 'failed' });
  }

  #undo(saga: SagaRef): void {
    const op = this.ops.get(saga.step);
    const kept = op?.state === 'tombstone' || !op ? 'tombstone' : 'undone';
    this.ops.set(saga.step, { state: kept, saga });
    const event = undoOf(this.definition, saga.step)?.done;
    this.#reply(saga, event?.type ?? '', event?.example);
  }

  #repeat(op: ModelOp): void {
    this.ops.set(op.saga.step, op);
    this.#answer(op.saga, 'done', {});
  }

  #answer(saga: SagaRef, kind: 'done' | 'failed', more: object): void {
    const forward: StepDef | undefined = stepNamed(this.definition, saga.step);
    const event = forward?.[kind];
    if (event) this.#reply(saga, event.type, { ...(event.example as object), ...more });
  }

  #reply(saga: SagaRef, event: string, data: unknown): void {
    this.replies = [...this.replies, { id: this.#newId(), saga, event, data }];
  }

  #passesFence({ saga, message }: SagaCommand): boolean {
    const fence = this.#fences.get(message.context) ?? 0;
    if (saga.epoch < fence) return false;
    this.#fences.set(message.context, saga.epoch);
    return true;
  }

  #firstTime(key: string): boolean {
    if (this.#inbox.has(key)) return false;
    this.#inbox.add(key);
    return true;
  }

  #newId(): MessageId {
    return anId<'Message'>(++this.#ids);
  }
}
