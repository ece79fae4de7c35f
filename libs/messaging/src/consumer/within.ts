import { busErrors } from '../errors';
import type { Scheduler } from '../ports';

const GRACE_MS = 5000;

export type Limited<T> = Readonly<{
  scheduler: Scheduler;
  ms: number;
  name: string;
  signal: AbortController;
  work: () => Promise<T>;
  /** Told when work ignores its abort signal, and when it ends after all. */
  abandoned: (still: boolean) => void;
}>;

/** Runs work for at most `ms`, then aborts it, waits a little and gives it up. @throws BUS.HANDLER_TIMEOUT */
export function within<T>({ scheduler, ms, name, signal, work, abandoned }: Limited<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let given = false;
    const giveUp = () => {
      given = true;
      abandoned(true);
      reject(busErrors.HANDLER_TIMEOUT(name));
    };
    let cancel = scheduler.after(ms, () => {
      signal.abort();
      cancel = scheduler.after(GRACE_MS, giveUp);
    });
    const settled = (end: () => void) => () => {
      cancel();
      if (given) abandoned(false);
      else end();
    };
    work().then(
      (value) => settled(() => (signal.signal.aborted ? reject(busErrors.HANDLER_TIMEOUT(name)) : resolve(value)))(),
      (error: Error) => settled(() => reject(error))(),
    );
  });
}

/** What `run` comes to, or the refusal at once when it is aborted. @throws BUS.HANDLER_TIMEOUT */
export const untilAborted = <T>(run: Promise<T>, signal: AbortSignal, name: string): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = () => reject(busErrors.HANDLER_TIMEOUT(name));
    signal.addEventListener('abort', abort, { once: true });
    run.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
