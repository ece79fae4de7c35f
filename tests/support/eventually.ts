import { setTimeout as pause } from 'node:timers/promises';

type Limits = Readonly<{ withinMs?: number; everyMs?: number }>;

/** Asks until the answer is one that `fits`; for what tells nobody when it is done. @throws Error after `withinMs` */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  fits: (value: T) => boolean,
  { withinMs = 60_000, everyMs = 250 }: Limits = {},
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const value = await ask();
    if (fits(value)) return value;
    if (performance.now() > end) throw new Error(`gave up; last: ${JSON.stringify(value)?.slice(0, 500)}`);
    await pause(everyMs);
  }
}
