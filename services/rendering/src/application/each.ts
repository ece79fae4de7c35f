import type { RunOptions } from './ports';
import { ofTone } from './refusal';

type OfTone = Readonly<{ toneId: string }>;
export type Lanes = Readonly<{
  /** Tones worked on at once. */
  width: number;
  signal: AbortSignal;
  /** Part of all that has ended, 0..1. */
  onProgress: (fraction: number) => void;
}>;

/** Runs `action` over all tones, some at once, in order of the results; whatever fails says of which tone. */
export async function each<T extends OfTone, R>(
  items: readonly T[],
  { width, signal, onProgress }: Lanes,
  action: (item: T, run: RunOptions) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let ended = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) {
      const item = items[i] as T;
      results[i] = await action(item, { signal }).catch((error: unknown) => {
        throw ofTone(error, item.toneId);
      });
      ended += 1;
      onProgress(ended / items.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}
