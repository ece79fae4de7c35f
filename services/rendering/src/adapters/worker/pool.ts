import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { audioRefusal } from '@gts/audio';
import { type Clock, DomainError } from '@gts/kernel';
import { CANCEL, CONTROL_SLOTS, MOVES, PERMILLE, type Response, type Task } from './protocol';

/** The thread's built file: a worker does not pass through a transformer, so it is the same from src and from dist. */
const WORKER_FILE = join(__dirname, '..', '..', '..', 'dist', 'adapters', 'worker', 'worker.js');
const POLL_MS = 100;
const HEAP_MB = 256;

export type PoolOptions = Readonly<{
  size: number;
  clock: Clock;
  /** No movement for this long: the thread is given up. */
  stallMs?: number;
  file?: string;
}>;
export type PoolRun = Readonly<{ signal: AbortSignal; onProgress?: ((fraction: number) => void) | undefined }>;
type Job = Readonly<{
  id: number;
  task: Task;
  run: PoolRun;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}>;
type Thread = {
  worker: Worker;
  control: Int32Array;
  job: Job | undefined;
  moves: number;
  movedMs: number;
  lost: boolean;
};

/** Threads that do one task each; the calling thread stays free to answer. */
export class WorkerPool {
  private readonly threads = new Set<Thread>();
  private readonly waiting: Job[] = [];
  private nextId = 1;
  private watch: NodeJS.Timeout | undefined;
  private idle: (() => void)[] = [];
  private stopped = false;

  constructor(private readonly options: PoolOptions) {}

  /**
   * Does a task on the first free thread. The memory of its signals moves there.
   * @throws what the task refuses; `engine.crash`, `engine.timeout`; the signal's reason when cancelled
   */
  run<T>(task: Task, run: PoolRun): Promise<T> {
    if (this.stopped) return Promise.reject(audioRefusal('engine.crash', 'the workers have stopped'));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const job: Job = { id: this.nextId++, task, run, resolve, reject };
    const cancel = () => this.cancel(job);
    run.signal.addEventListener('abort', cancel, { once: true });
    if (run.signal.aborted) cancel();
    else this.waiting.push(job);
    this.pump();
    return promise.finally(() => run.signal.removeEventListener('abort', cancel)) as Promise<T>;
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
    for (const job of this.waiting.splice(0)) job.reject(audioRefusal('engine.crash', 'the workers have stopped'));
    await Promise.all(
      [...this.threads].map((thread) => this.giveUp(thread, 'engine.crash', 'the workers have stopped')),
    );
  }

  private cancel(job: Job): void {
    const at = this.waiting.indexOf(job);
    if (at >= 0) this.waiting.splice(at, 1);
    const thread = [...this.threads].find((each) => each.job === job);
    if (thread) Atomics.store(thread.control, CANCEL, 1);
    job.reject(job.run.signal.reason);
    this.tellIdle();
  }

  private pump(): void {
    while (this.waiting.length > 0 && !this.stopped) {
      const thread = [...this.threads].find(({ job, lost }) => !job && !lost) ?? this.spawn();
      const job = thread && this.waiting.shift();
      if (!thread || !job) break;
      this.give(thread, job);
    }
    this.tellIdle();
  }

  private spawn(): Thread | undefined {
    if (this.threads.size >= this.options.size) return undefined;
    const shared = new SharedArrayBuffer(4 * CONTROL_SLOTS);
    const worker = new Worker(this.options.file ?? WORKER_FILE, {
      workerData: { control: shared },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    const thread: Thread = {
      worker,
      control: new Int32Array(shared),
      job: undefined,
      moves: 0,
      movedMs: 0,
      lost: false,
    };
    worker.on('message', (response: Response) => this.receive(thread, response));
    worker.on('error', (error) => void this.giveUp(thread, 'engine.crash', String(error)));
    worker.on('exit', () => void this.giveUp(thread, 'engine.crash', 'a worker ended unasked'));
    worker.unref();
    this.threads.add(thread);
    return thread;
  }

  private give(thread: Thread, job: Job): void {
    thread.control.fill(0);
    thread.job = job;
    thread.moves = 0;
    thread.movedMs = this.options.clock.epochMs();
    thread.worker.postMessage({ id: job.id, task: job.task }, signalsOf(job.task));
    this.watch ??= setInterval(() => this.look(), POLL_MS).unref();
  }

  private receive(thread: Thread, response: Response): void {
    const { job } = thread;
    if (job?.id !== response.id) return;
    thread.job = undefined;
    settle(job, response);
    this.pump();
  }

  /** Passes progress on and gives up threads that hang. */
  private look(): void {
    const now = this.options.clock.epochMs();
    for (const thread of this.threads) {
      const moves = Atomics.load(thread.control, MOVES);
      if (thread.job && moves !== thread.moves) {
        thread.moves = moves;
        thread.movedMs = now;
        if (!thread.job.run.signal.aborted) thread.job.run.onProgress?.(Atomics.load(thread.control, PERMILLE) / 1000);
      } else if (thread.job && now - thread.movedMs > (this.options.stallMs ?? 20_000))
        void this.giveUp(thread, 'engine.timeout', 'the engine did not move');
    }
  }

  private async giveUp(thread: Thread, code: 'engine.crash' | 'engine.timeout', why: string): Promise<void> {
    if (thread.lost) return;
    thread.lost = true;
    this.threads.delete(thread);
    thread.job?.reject(audioRefusal(code, why));
    thread.job = undefined;
    await thread.worker.terminate();
    this.pump();
  }

  private tellIdle(): void {
    const busy = this.waiting.length > 0 || [...this.threads].some(({ job }) => job);
    if (busy) return;
    clearInterval(this.watch);
    this.watch = undefined;
    for (const tell of this.idle.splice(0)) tell();
  }
}

function settle(job: Job, response: Response): void {
  if ('result' in response) job.resolve(response.result);
  else if ('fault' in response) job.reject(new DomainError(response.fault));
  else if ('crashed' in response) job.reject(audioRefusal('engine.crash', response.crashed));
  else job.reject(job.run.signal.reason);
}

/** Signals move; files stay, they may be cached by who sent them. */
function signalsOf(task: Task): ArrayBuffer[] {
  if ('x' in task) return [task.x.buffer as ArrayBuffer];
  return [];
}
