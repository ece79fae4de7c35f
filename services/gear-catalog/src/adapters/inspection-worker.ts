import { isDomainError } from '@gts/kernel';
import { openAmp } from '@gts/nam';
import { parentPort, workerData } from 'node:worker_threads';
import type { Format } from '../domain/vocabulary';
import { fileInspector } from './inspect-file';

const { format, bytes } = workerData as { format: Format; bytes: Uint8Array };

/** One file a worker: it ends with its answer, and what a hostile file leaves in memory ends with it. */
async function answer() {
  try {
    return { ok: true, inspection: await fileInspector(openAmp)(format, bytes) };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    const { kind, code, message, details } = error;
    return { ok: false, fault: { kind, code, message, details } };
  }
}

void answer().then((found) => parentPort?.postMessage(found));
