import type { RenderCache, RunOptions } from '../application/ports';

type Shared = Readonly<{ result: Promise<unknown>; listeners: Set<Tell> }>;

/** Callers of one key share one computation; when it fails, say because its starter was cancelled, the next computes. */
export function onceOf(): RenderCache['once'] {
  const running = new Map<string, Shared>();
  return async <T>(key: string, run: RunOptions, compute: (tell: Tell) => Promise<T>): Promise<T> => {
    for (let other = running.get(key); other; other = running.get(key)) {
      const ended = await waitFor(other, run);
      if (ended) return (await other.result) as T;
    }
    const listeners = new Set(run.onProgress && [run.onProgress]);
    const result = compute((fraction) => listeners.forEach((listen) => listen(fraction)));
    running.set(key, { result, listeners });
    return result.finally(() => running.delete(key));
  };
}

type Tell = (fraction: number) => void;

/** Whether it came to a result. @throws the signal's reason as soon as this caller is cancelled */
async function waitFor({ result, listeners }: Shared, { signal, onProgress }: RunOptions): Promise<boolean> {
  const { promise: cancelled, reject } = Promise.withResolvers<never>();
  const cancel = () => reject(signal.reason);
  signal.addEventListener('abort', cancel, { once: true });
  if (onProgress) listeners.add(onProgress);
  try {
    signal.throwIfAborted();
    const ended = result.then(
      () => true,
      () => false,
    );
    return await Promise.race([ended, cancelled]);
  } finally {
    signal.removeEventListener('abort', cancel);
    if (onProgress) listeners.delete(onProgress);
  }
}
