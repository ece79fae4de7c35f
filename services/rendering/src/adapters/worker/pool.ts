import { join } from 'node:path';
import { audioRefusal } from '@gts/audio';
import type { Clock } from '@gts/kernel';
import { collectBeyond } from './collect';
import { Job, type PoolRun } from './job';
import { type Answer, sharedLeft, type Task, type ThreadData } from './protocol';
import { Thread } from './thread';

/** The thread's bundle (tools/bundle.mjs): a worker does not pass through a transformer. */
const WORKER_FILE = join(__dirname, '..', '..', '..', 'dist', 'bundle', 'worker.js');
/** In the thread that answers people. */
const MOST_HELD_BYTES = 30_000_000;
const POLL_MS = 100;
const STALL_MS = 20_000;
/** A cancel frees every thread within 0.2 s. */
const LEAVE_MS = 150;

export type PoolOptions = Readonly<{
  size: number;
  clock: Clock;
  data: ThreadData;
  /** No movement for this long: the thread is given up. */
  stallMs?: number;
  /** A thread that has not stopped so long after a cancel is ended. */
  leaveMs?: number;
  file?: string;
  /** A thread without work ends: for rare work that needs much memory. */
  fleeting?: boolean;
  /** Told the CPU time of each answer. */
  onCpu?: (kind: Task['kind'], seconds: number) => void;
}>;
type Loss = 'engine.crash' | 'engine.timeout' | 'engine.memory';
const STOPPED = 'the workers have stopped';

/**
 * Threads that work while the calling one stays free to answer. A task waits for one thread; threads that nothing
 * waits for help with the chunks of a running one, and leave it again as soon as something waits.
 */
export class WorkerPool {
  private readonly threads = new Set<Thread>();
  private readonly waiting: Job[] = [];
  private nextId = 1;
  private watch: NodeJS.Timeout | undefined;
  private idle: (() => void)[] = [];
  private stopped = false;
  private readonly collect = collectBeyond(MOST_HELD_BYTES);

  constructor(private readonly options: PoolOptions) {}

  /**
   * Does a task. The memory of its signals moves to the thread, unless it is shared.
   * @throws what the task refuses; `engine.crash`, `engine.timeout`, `engine.memory`; the signal's reason when cancelled
   */
  run<T>(task: Task, run: PoolRun): Promise<T> {
    if (this.stopped) return Promise.reject(audioRefusal('engine.crash', STOPPED));
    const job = new Job(this.nextId++, task, run);
    const cancel = () => this.cancel(job);
    run.signal.addEventListener('abort', cancel, { once: true });
    if (run.signal.aborted) cancel();
    else this.waiting.push(job);
    this.pump();
    return job.promise.finally(() => run.signal.removeEventListener('abort', cancel)) as Promise<T>;
  }

  /** Waits until nothing runs, at most `graceMs`, then ends the threads; what still ran fails. */
  async stop(graceMs: number): Promise<void> {
    const { promise: quiet, resolve } = Promise.withResolvers<void>();
    this.idle.push(resolve);
    this.tellIdle();
    const timer = setTimeout(resolve, graceMs);
    await quiet;
    clearTimeout(timer);
    this.stopped = true;
    clearInterval(this.watch);
    for (const job of this.waiting.splice(0)) job.fail(audioRefusal('engine.crash', STOPPED));
    await Promise.all([...this.threads].map((thread) => this.giveUp(thread, 'engine.crash', STOPPED)));
  }

  private cancel(job: Job): void {
    const at = this.waiting.indexOf(job);
    if (at >= 0) this.waiting.splice(at, 1);
    job.fail(job.run.signal.reason);
    if (job.threads > 0)
      setTimeout(() => this.drop(job, 'the engine did not stop'), this.options.leaveMs ?? LEAVE_MS).unref();
    this.tellIdle();
  }

  /** Ends the threads that are still on it: no message interrupts what computes. */
  private drop(job: Job, why: string): void {
    for (const thread of this.threads) if (thread.job === job) void this.giveUp(thread, 'engine.timeout', why);
  }

  private pump(): void {
    while (!this.stopped) {
      const job = this.waiting[0] ?? this.helpable();
      if (!job) break;
      const thread = [...this.threads].find((each) => !each.job && !each.lost) ?? this.spawn();
      if (!thread) break;
      if (job === this.waiting[0]) this.waiting.shift();
      thread.give(job, this.options.clock.epochMs());
      this.watch ??= setInterval(() => this.look(), POLL_MS).unref();
    }
    this.makeRoom();
    this.tellIdle();
  }

  private get running(): Job[] {
    return [...new Set([...this.threads].flatMap(({ job }) => job ?? []))];
  }

  private helpable(): Job | undefined {
    return this.running.find((job) => job.open && job.leaving === 0);
  }

  /** Helpers go to what waits; every running task keeps a thread. */
  private makeRoom(): void {
    let wanted = this.waiting.length - this.running.reduce((sum, { leaving }) => sum + leaving, 0);
    for (const job of this.running) while (wanted > 0 && job.spare()) wanted -= 1;
  }

  private spawn(): Thread | undefined {
    if (this.threads.size >= this.options.size) return undefined;
    const thread: Thread = new Thread({
      file: this.options.file ?? WORKER_FILE,
      data: this.options.data,
      receive: (from, response) => this.receive(from, response),
      lose: (from, why, outOfMemory) => void this.giveUp(from, outOfMemory ? 'engine.memory' : 'engine.crash', why),
    });
    this.threads.add(thread);
    return thread;
  }

  private receive(thread: Thread, response: Answer): void {
    const job = thread.job?.id === response.id ? thread.free() : undefined;
    if (!job) return;
    this.options.onCpu?.(job.task.kind, response.cpuSeconds);
    job.settle(response);
    this.collect(sharedLeft(response, job.task));
    if (!job.settled && job.threads === 0) this.resume(job);
    this.pump();
    if (this.options.fleeting && !thread.job) void this.giveUp(thread, 'engine.crash', STOPPED);
  }

  /** Everybody left it: with chunks left it goes on, without any it came to nothing. */
  private resume(job: Job): void {
    if (job.open) this.waiting.unshift(job);
    else job.fail(audioRefusal('engine.crash', 'the workers left no result'));
  }

  /** Passes progress on and gives up threads that hang. */
  private look(): void {
    const now = this.options.clock.epochMs();
    for (const job of this.running) {
      const why = job.watch(now, this.options.stallMs ?? STALL_MS);
      if (why === undefined) continue;
      this.drop(job, why);
    }
    // What waits its turn behind work that moves is not stuck: its message stays with this replica.
    if (this.running.some(({ movedMs }) => movedMs === now)) for (const { run } of this.waiting) run.onProgress?.(0);
  }

  private async giveUp(thread: Thread, code: Loss, why: string): Promise<void> {
    if (thread.lost) return;
    thread.lost = true;
    this.threads.delete(thread);
    const job = thread.free();
    if (job && !job.settled) job.fail(audioRefusal(code, why));
    await thread.terminate();
    this.pump();
  }

  private tellIdle(): void {
    if (this.waiting.length > 0 || this.running.length > 0) return;
    clearInterval(this.watch);
    this.watch = undefined;
    for (const tell of this.idle.splice(0)) tell();
  }
}
