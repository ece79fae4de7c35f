import { durationMs } from '@gts/kernel';
import type { Background } from '@gts/nest';
import type { Logger } from '@gts/observability';
import type { Application } from '../application';

const SWEEP_MS = durationMs('1m');

/** Takes the demo pack in before the service says that it is ready: what follows may look for its gear. */
export function demoImport({ importDemoPack }: Application['chores'], logger: Logger): Background {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const run = async () => {
    try {
      const { added, failed } = await importDemoPack(stopping.signal);
      for (const { title, error } of failed) logger.error({ err: error, title }, 'a file of the demo pack is unusable');
      logger.info({ added }, 'took gear of the demo pack in');
    } catch (error) {
      logger.error({ err: error }, 'the demo pack could not be taken in');
    }
  };
  const stop = () => {
    stopping.abort();
    return running;
  };
  return { name: 'demo-pack', start: () => (running = run()), stop };
}

/** Lets go of what expired, once a minute. */
export function sweeping({ sweep }: Application['chores'], logger: Logger): Background {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const run = () => {
    running = sweep().catch((error: unknown) =>
      logger.warn({ err: error }, 'the sweep failed; the next one tries again'),
    );
  };
  return {
    name: 'sweep',
    start: () => void (timer = setInterval(run, SWEEP_MS).unref()),
    stop: () => {
      clearInterval(timer);
      return running;
    },
  };
}
