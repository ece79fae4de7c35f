import { type Transferable, parentPort, workerData } from 'node:worker_threads';
import { isDomainError } from '@gts/kernel';
import { createOwnEngine, isStopped, stopped } from '@gts/nam';
import { playChunks } from './chunks';
import { release } from '@gts/audio';
import { collectBeyond, settleHeap } from './collect';
import { Models } from './models';
import {
  type Answer,
  CANCEL,
  DONE,
  movable,
  PERMILLE,
  type Request,
  type Response,
  sharedLeft,
  type ThreadData,
} from './protocol';
import { Responses } from './responses';
import { perform } from './tasks';

// The thread of a pool: one task at a time, its progress and its cancel flag in shared memory.
const { kernel } = workerData as ThreadData;
const models = new Models(createOwnEngine(kernel));
const responses = new Responses();
const collect = collectBeyond(12_000_000);
settleHeap();

/** Tells the pool how far a task is, which no other thread shares; ends one that nobody wants any more. */
const telling = (control: Int32Array) => (fraction: number) => {
  if (Atomics.load(control, CANCEL) === 1) throw stopped();
  Atomics.store(control, DONE, Math.floor(fraction * PERMILLE));
};

async function resultOf({ task, control }: Request): Promise<unknown> {
  if (task.kind === 'choose') return (await models.of(task)).choice;
  if (task.kind === 'capture') return playChunks(await models.of(task), task, control);
  return perform(task, { responses, tell: telling(control) });
}

async function respond(request: Request): Promise<Response> {
  const { id } = request;
  try {
    const result = await resultOf(request);
    return result === undefined ? { id, left: true } : { id, result };
  } catch (error) {
    if (isStopped(error)) return { id, cancelled: true };
    models.forget();
    responses.forget();
    if (!isDomainError(error)) return { id, crashed: error instanceof Error ? error.message : String(error) };
    const { kind, code, message, details } = error;
    return { id, fault: { kind, code, message, details } };
  }
}

/** Memory moves with the answer instead of being copied; shared memory stays where it is. */
function buffersOf(value: unknown, found = new Set<Transferable>()): Set<Transferable> {
  if (ArrayBuffer.isView(value)) {
    // A view of a part, as small Buffers are, shares its memory with others and is copied.
    const whole = value.byteLength === value.buffer.byteLength;
    if (whole && value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === 'object' && value !== null)
    Object.values(value).forEach((each) => buffersOf(each, found));
  return found;
}

async function answer(request: Request): Promise<void> {
  const since = process.threadCpuUsage();
  const response = await respond(request);
  const { user, system } = process.threadCpuUsage(since);
  const told: Answer = { ...response, cpuSeconds: (user + system) / 1e6 };
  parentPort?.postMessage(told, 'result' in response ? [...buffersOf(response.result)] : []);
  const signal = movable(request.task);
  if (signal) release(signal);
  collect(sharedLeft(response, request.task));
}

parentPort?.on('message', (request: Request) => void answer(request));
