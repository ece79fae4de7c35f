import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { audioRefusal } from '@gts/audio';
import { DomainError, durationMs } from '@gts/kernel';
import type { Inspect } from '../application/ports';
import type { Inspection } from '../domain/gear-model';

type Fault = ConstructorParameters<typeof DomainError>[0];
type Answer = Readonly<{ ok: true; inspection: Inspection } | { ok: false; fault: Fault }>;

const MOST_MS = durationMs('20s');
const MEMORY_MB = 512;
const SCRIPT = join(__dirname, 'inspection-worker.js');

async function inspectIn(worker: Worker): Promise<Inspection> {
  try {
    const [answer] = (await once(worker, 'message', { signal: AbortSignal.timeout(MOST_MS) })) as [Answer];
    if (answer.ok) return answer.inspection;
    throw new DomainError(answer.fault);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError')
      throw audioRefusal('engine.timeout', `the file was not judged within ${MOST_MS / 1000} s`, { cause: error });
    throw error;
  } finally {
    await worker.terminate();
  }
}

/** Judges files in a worker thread, one after another: the event loop and the other core stay free. */
export function workerInspector(script = SCRIPT): Inspect {
  let last: Promise<unknown> = Promise.resolve();
  return (format, bytes) => {
    const run = () =>
      inspectIn(
        new Worker(script, { workerData: { format, bytes }, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } }),
      );
    const result = last.then(run, run);
    last = result.catch(() => undefined);
    return result;
  };
}
