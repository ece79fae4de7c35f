// `npm run mongo:local`: prints MONGODB_URI=… and stays until it is told to stop.
import { once } from 'node:events';
import { readOptions } from './config.ts';
import { Unavailable } from './forky/machine.ts';
import { startMongo } from './start.ts';

/** Exit status that says: this machine cannot run it. */
const UNAVAILABLE = 69;
const log = (line: string) => void process.stderr.write(`mongo:local: ${line}\n`);

async function main(): Promise<number> {
  const { withStdin, ...options } = readOptions();
  const mongo = await startMongo({ ...options, log });
  process.stdout.write(`MONGODB_URI=${mongo.uri}\n`);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal));
  const asked = Promise.race(withStdin ? [...signals, once(process.stdin.resume(), 'close')] : signals);
  const hasFailed = await Promise.race([asked.then(() => false), mongo.ended.then(() => true)]);
  if (hasFailed) log('PostgreSQL ended');
  await mongo.stop();
  return hasFailed ? 1 : 0;
}

try {
  process.exit(await main());
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  log(error instanceof Unavailable ? `not available here: ${reason}` : reason);
  process.exitCode = error instanceof Unavailable ? UNAVAILABLE : 1;
}
