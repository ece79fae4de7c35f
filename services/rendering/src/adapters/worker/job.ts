import { audioRefusal } from '@gts/audio';
import { DomainError } from '@gts/kernel';
import { CANCEL, chunksOf, CONTROL_SLOTS, DONE, LEAVE, NEXT, type Response, type Task, totalOf } from './protocol';

export type PoolRun = Readonly<{
  signal: AbortSignal;
  onProgress?: ((fraction: number) => void) | undefined;
  /** Longest time it may work, even while it moves. */
  limitMs?: number | undefined;
}>;

/** One task with what its threads share; it has an end as soon as anybody knows it, its threads may still stop. */
export class Job {
  readonly control = new Int32Array(new SharedArrayBuffer(4 * CONTROL_SLOTS));
  readonly promise: Promise<unknown>;
  /** Threads that work on it. */
  threads = 0;
  /** Threads that were told to leave it and have not answered. */
  leaving = 0;
  settled = false;
  startedMs = 0;
  movedMs = 0;
  private done = 0;
  private readonly resolve: (value: unknown) => void;
  private readonly reject: (error: unknown) => void;

  constructor(
    readonly id: number,
    readonly task: Task,
    readonly run: PoolRun,
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    [this.promise, this.resolve, this.reject] = [promise, resolve, reject];
  }

  /** One more thread works on it. Time counts from when nobody did: what it waited is not its fault. */
  begin(nowMs: number): void {
    if (this.threads === 0) [this.startedMs, this.movedMs] = [nowMs, nowMs];
    this.threads += 1;
  }

  /** A chunk is left for one more thread. */
  get open(): boolean {
    const chunks = chunksOf(this.task);
    return !this.settled && chunks > this.threads && Atomics.load(this.control, NEXT) < chunks;
  }

  /** Tells one of several threads to leave; false when it keeps the only one. */
  spare(): boolean {
    if (this.threads - this.leaving < 2) return false;
    this.leaving += 1;
    Atomics.add(this.control, LEAVE, 1);
    return true;
  }

  /** Passes progress on. Answers why it must be given up, if it must. */
  watch(nowMs: number, stallMs: number): string | undefined {
    const done = Atomics.load(this.control, DONE);
    if (done !== this.done) {
      [this.done, this.movedMs] = [done, nowMs];
      if (!this.settled) this.run.onProgress?.(Math.min(1, done / totalOf(this.task)));
    }
    if (nowMs - this.movedMs > stallMs) return 'the engine did not move';
    return nowMs - this.startedMs > (this.run.limitMs ?? Infinity) ? 'the engine took too long' : undefined;
  }

  /** Ends it for who asked; threads that still work on it stop at their next look. */
  fail(error: unknown): void {
    this.settled = true;
    Atomics.store(this.control, CANCEL, 1);
    this.reject(error);
  }

  /** What one of its threads answered. */
  settle(response: Response): void {
    if ('left' in response) this.leaving = Math.max(0, this.leaving - 1);
    if (this.settled || 'left' in response) return;
    if ('result' in response) {
      this.settled = true;
      this.resolve(response.result);
    } else if ('fault' in response) this.fail(new DomainError(response.fault));
    else if ('crashed' in response) this.fail(audioRefusal('engine.crash', response.crashed));
    else this.fail(this.run.signal.reason);
  }
}
