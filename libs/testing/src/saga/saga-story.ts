import type { DataOf, EventDef, MessageDef, SagaCommandDef } from '@gts/contracts';
import { type Duration, durationMs, epochMsOf } from '@gts/kernel';
import type { OperatorVerb, SagaDefinition, SagaInstance, TimerKind } from '@gts/saga';
import { SagaModel } from './saga-model';

type Ended = SagaInstance['state'];
const names = (commands: readonly MessageDef[]): string[] => commands.map((each) => each.name);

/** One saga told step by step; every call reads as a sentence and fails where the story goes another way. */
export class SagaStory {
  readonly #model: SagaModel;
  #told = 0;
  #replies = 0;
  #last: { event: EventDef; data: unknown; epoch: number; step: string } | undefined;
  #earlier: { step: string; epoch: number } | undefined;

  constructor(definition: SagaDefinition) {
    this.#model = new SagaModel(definition);
  }

  get instance(): SagaInstance {
    const { instance } = this.#model;
    if (!instance) throw new Error('the saga has not started');
    return instance;
  }

  begin(data: unknown): this {
    this.#model.start(data);
    return this;
  }

  /** Exactly these commands left since the last look; `data` compares that of the last one. */
  expectSent(command: SagaCommandDef, data?: object): this {
    const fresh = this.#fresh();
    expect(names(fresh.map((each) => each.message))).toEqual([command.name]);
    if (data) expect(fresh.at(-1)?.data).toMatchObject(data);
    return this;
  }

  expectNothingSent(): this {
    expect(names(this.#fresh().map((each) => each.message))).toEqual([]);
    return this;
  }

  /** The participant answers the pending command; without data, with the example of the event. */
  reply<E extends EventDef>(event: E, data?: DataOf<E>): this {
    const { pending } = this.instance;
    if (!pending) throw new Error(`nothing is pending in a ${this.instance.state} saga`);
    this.#earlier = { step: pending.step, epoch: pending.epoch };
    return this.#answer({ event, data: data ?? event.example, ...this.#earlier });
  }

  /** The participant refuses; `retryable` decides whether the step may be tried again. */
  fails(event: EventDef, { code = 'TEST.REFUSED', retryable = false } = {}): this {
    return this.reply(event, { ...(event.example as object), code, retryable });
  }

  /** An answer to the command before the pending one: it must change nothing. */
  repliesLate(event: EventDef): this {
    const last = this.#model.sent.at(-2);
    if (!last) throw new Error('only one command was sent');
    return this.#answer({ event, data: event.example, step: last.saga.step, epoch: last.saga.epoch });
  }

  /** The last answer arrives once more, as another message. */
  duplicate(): this {
    if (!this.#last) throw new Error('nothing was answered yet');
    return this.#answer(this.#last);
  }

  timesOut(): this {
    return this.#fire('timeout');
  }

  /** The wait before the next try is over. */
  waitsAndRetries(): this {
    return this.#fire('retry');
  }

  /** Repeats the last time-out until it happened `times` in all, each with a fresh command. */
  times(times: number): this {
    for (let done = 1; done < times; done++) this.timesOut();
    return this;
  }

  cancel(): this {
    this.#model.input({ type: 'cancel' });
    return this;
  }

  operator(verb: OperatorVerb, reason = 'a test'): this {
    this.#model.input({ type: 'operator', verb, reason, actor: 'user:1' });
    return this;
  }

  /** Lets time pass; due timers fire in order. */
  after(duration: Duration): this {
    const until = epochMsOf(this.#model.now) + durationMs(duration);
    const next = () => this.#model.timers.some((each) => epochMsOf(each.dueAt) <= until);
    while (next()) this.#model.fireNext();
    return this;
  }

  /** The undos leave one after another, newest first, and each is answered. */
  expectUndone(...commands: readonly SagaCommandDef[]): this {
    const { definition } = this.#model;
    for (const command of commands) {
      const { pending } = this.instance;
      expect({ undo: pending?.undo, command: this.#model.sent.at(-1)?.message.name }).toEqual({
        undo: true,
        command: command.name,
      });
      const undo = [definition.undoStart, ...definition.steps.map((each) => each.undo)];
      const answer = undo.find((each) => each?.send.type === command.type)?.done;
      if (answer) this.reply(answer);
    }
    this.#told = this.#model.sent.length;
    return this;
  }

  expectEnd(state: Ended, code?: string): this {
    expect(this.instance.state).toBe(state);
    if (code !== undefined) expect(this.instance.why?.code).toBe(code);
    return this;
  }

  expectData(part: object): this {
    expect(this.instance.data).toMatchObject(part);
    return this;
  }

  #fresh() {
    const fresh = this.#model.sent.slice(this.#told);
    this.#told = this.#model.sent.length;
    return fresh;
  }

  #answer(answer: { event: EventDef; data: unknown; step: string; epoch: number }): this {
    const { event, data, step, epoch } = answer;
    this.#last = answer;
    const saga = { id: this.instance.id, type: this.instance.type, step, epoch };
    this.#model.deliverReply({ id: `story ${++this.#replies}`, saga, event: event.type, data });
    return this;
  }

  #fire(kind: TimerKind): this {
    const fired = this.#model.fireNext();
    expect(fired?.kind).toBe(kind);
    return this;
  }
}
