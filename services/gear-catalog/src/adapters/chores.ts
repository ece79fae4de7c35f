import { durationMs } from '@gts/kernel';
import type { Background } from '@gts/nest';
import type { Logger } from '@gts/observability';
import type { Application } from '../application';

const SWEEP_MS = durationMs('1m');

/** Takes the demo pack in without keeping the service from becoming ready. */
export function demoImport({ importDemoPack }: Application['chores'], logger: Logger): Background {
  let running: Promise<void> = Promise.resolve();
  const run = async () => {
    try {
      const { added } = await importDemoPack();
      logger.info({ added }, 'the demo pack is in the catalogue');
    } catch (error) {
      logger.error({ err: error }, 'the demo pack could not be taken in');
    }
  };
  return { name: 'demo-pack', start: () => void (running = run()), stop: () => running };
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
