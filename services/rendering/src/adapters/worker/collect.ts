import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// V8 counts a signal of megabytes as a few words: left alone it keeps dead ones until hundreds of megabytes are resident.
setFlagsFromString('--expose-gc');
// Signals count as soon as the heap would grow by them, and marking would begin with every third: most are released.
setFlagsFromString('--heap-growing-percent=300');
const gc = runInNewContext('gc') as NodeJS.GCFunction;

/** Lets go of everything dead once so many bytes have gone through this thread: a look at all takes some milliseconds. */
export function collectEvery(mostBytes: number): (bytes: number) => void {
  let passed = 0;
  return (bytes) => {
    passed += bytes;
    if (passed < mostBytes) return;
    passed = 0;
    gc();
  };
}
