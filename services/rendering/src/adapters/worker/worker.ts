import { type Transferable, parentPort, workerData } from 'node:worker_threads';
import { isDomainError } from '@gts/kernel';
import { isStopped } from '@gts/nam';
import { CANCEL, MOVES, PERMILLE, type Request, type Response } from './protocol';
import { perform } from './tasks';

// The thread of a pool: one task at a time, its progress and its cancel flag in shared memory.
const control = new Int32Array((workerData as { control: SharedArrayBuffer }).control);

const told = {
  cancelled: () => Atomics.load(control, CANCEL) === 1,
  onProgress: (fraction: number) => {
    Atomics.store(control, PERMILLE, Math.round(fraction * 1000));
    Atomics.add(control, MOVES, 1);
  },
};

function respond({ id, task }: Request): Response {
  try {
    return { id, result: perform(task, told) };
  } catch (error) {
    if (isStopped(error)) return { id, cancelled: true };
    if (!isDomainError(error)) return { id, crashed: error instanceof Error ? error.message : String(error) };
    const { kind, code, message, details } = error;
    return { id, fault: { kind, code, message, details } };
  }
}

/** Memory moves with the answer instead of being copied. */
function buffersOf(value: unknown, found = new Set<Transferable>()): Set<Transferable> {
  if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach((each) => buffersOf(each, found));
  return found;
}

parentPort?.on('message', (request: Request) => {
  const response = respond(request);
  parentPort?.postMessage(response, 'result' in response ? [...buffersOf(response.result)] : []);
});
