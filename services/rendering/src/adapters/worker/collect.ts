import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// V8 counts a signal of megabytes as a few words: left alone it keeps dead ones until hundreds of megabytes are resident.
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as NodeJS.GCFunction;

const PASSED_BYTES = 48_000_000;
let passed = 0;

/** Lets go of everything dead, in some milliseconds. */
export const collect = (): void => gc();

/** The same once so many bytes of signals have gone through this thread: for the one that answers people. */
export function collectAfter(bytes: number): void {
  passed += bytes;
  if (passed < PASSED_BYTES) return;
  passed = 0;
  collect();
}
