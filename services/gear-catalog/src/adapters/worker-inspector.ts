import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { audioRefusal } from '@gts/audio';
import { DomainError, durationMs } from '@gts/kernel';
import type { Inspect } from '../application/ports';
import type { Inspection } from '../domain/gear-model';

type Fault = ConstructorParameters<typeof DomainError>[0];
type Answer = Readonly<{ ok: true; inspection: Inspection } | { ok: false; fault: Fault }>;

export type InspectorOptions = Readonly<{
  script?: string;
  mostMs?: number;
  memoryMb?: number;
}>;
/** The thread's bundle (tools/bundle.mjs): a worker does not pass through a transformer. */
const SCRIPT = join(__dirname, '..', '..', 'dist', 'bundle', 'inspection-worker.js');

/** What a thread that ended without an answer died of. */
function broken(cause: unknown): DomainError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return audioRefusal('engine.memory', 'judging the file takes more memory than there is', { cause });
  return audioRefusal('engine.crash', 'judging the file broke down', { cause });
}

/** Its answer; a thread that dies, ends without one or takes too long has a code as well. */
function answerOf(worker: Worker, mostMs: number): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const timer = setTimeout(
    () => reject(audioRefusal('engine.timeout', `the file was not judged within ${mostMs / 1000} s`)),
    mostMs,
  );
  worker.once('message', resolve);
  worker.once('error', (error) => reject(broken(error)));
  worker.once('exit', (code) => reject(broken(`exit ${code}`)));
  return promise.finally(() => clearTimeout(timer));
}

async function inspectIn(worker: Worker, mostMs: number): Promise<Inspection> {
  try {
    const answer = await answerOf(worker, mostMs);
    if (answer.ok) return answer.inspection;
    throw new DomainError(answer.fault);
  } finally {
    await worker.terminate();
  }
}

/** Judges files in a worker thread, one after another: the event loop and the other core stay free. */
export function workerInspector(options: InspectorOptions = {}): Inspect {
  const { script = SCRIPT, mostMs = durationMs('20s'), memoryMb = 256 } = options;
  let last: Promise<unknown> = Promise.resolve();
  return (format, bytes) => {
    const resourceLimits = { maxOldGenerationSizeMb: memoryMb };
    const run = () => inspectIn(new Worker(script, { workerData: { format, bytes }, resourceLimits }), mostMs);
    const result = last.then(run, run);
    last = result.catch(() => undefined);
    return result;
  };
}
