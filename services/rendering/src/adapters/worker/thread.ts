import { Worker } from 'node:worker_threads';
import type { Job } from './job';
import { type Answer, movable, type ThreadData } from './protocol';

/** A shared audio buffer can hold far more than a heap: this bounds what a file makes of it when it is parsed. */
const HEAP_MB = 256;
/** Work allocates a few large signals, not many small things: more room would only stay resident. */
const YOUNG_MB = 4;

type Options = Readonly<{
  file: string;
  data: ThreadData;
  receive: (thread: Thread, response: Answer) => void;
  lose: (thread: Thread, why: string, outOfMemory: boolean) => void;
}>;

/** One worker thread and what it works on. */
export class Thread {
  job: Job | undefined;
  lost = false;
  private readonly worker: Worker;

  constructor({ file, data, receive, lose }: Options) {
    this.worker = new Worker(file, {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.worker.on('message', (response: Answer) => receive(this, response));
    this.worker.on('error', (error: NodeJS.ErrnoException) =>
      lose(this, String(error), error.code === 'ERR_WORKER_OUT_OF_MEMORY'),
    );
    this.worker.on('exit', () => lose(this, 'a worker ended unasked', false));
    this.worker.unref();
  }

  give(job: Job, nowMs: number): void {
    const { id, task, control } = job;
    job.begin(nowMs);
    this.job = job;
    this.worker.postMessage({ id, task, control }, movedWith(job));
  }

  /** Free again; answers what it worked on. */
  free(): Job | undefined {
    const { job } = this;
    this.job = undefined;
    if (job) job.threads -= 1;
    return job;
  }

  terminate = (): Promise<number> => this.worker.terminate();
}

/** Signals and recordings move, unless they are shared. */
function movedWith({ task }: Job): ArrayBuffer[] {
  const buffer = movable(task)?.buffer;
  // A small Buffer shares its memory with others.
  return buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize ? [buffer] : [];
}
