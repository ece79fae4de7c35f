import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// V8 counts a signal of megabytes as a few words: left alone it keeps dead ones until hundreds of megabytes are resident.
setFlagsFromString('--expose-gc');
// Signals count as soon as the heap would grow by them, and marking would begin with every third: most are released.
setFlagsFromString('--heap-growing-percent=300');
const gc = runInNewContext('gc') as NodeJS.GCFunction;

/**
 * Gives back what loading a program left half empty: pages that no later, gentler collection moves things out of. Takes
 * some tens of milliseconds.
 */
export const settleHeap = (): void => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });

const heldBytes = (): number => getHeapStatistics().external_memory;

/**
 * Lets go of everything dead once this thread holds so many bytes of signals more than it did at its least, dead or not:
 * a look at all takes some milliseconds. Told of shared memory that was left behind, which V8 does not count.
 */
export function collectBeyond(mostBytes: number): (sharedBytes?: number) => void {
  let [least, shared] = [Infinity, 0];
  return (sharedBytes = 0) => {
    shared += sharedBytes;
    const held = heldBytes();
    least = Math.min(least, held);
    if (held - least + shared < mostBytes) return;
    gc();
    [least, shared] = [heldBytes(), 0];
  };
}
