import { parentPort, workerData } from 'node:worker_threads';
import { runSeeds } from './seeds';

// Seeds know nothing of each other: each thread takes its share of them.
const { from, count } = workerData as Readonly<{ from: number; count: number }>;
void runSeeds(from, count).then((sums) => parentPort?.postMessage(sums));
