import { durationMs } from '@gts/kernel';
import { type Cancel, type Log, repeat, type Scheduler, systemScheduler } from '@gts/messaging';
import type { Store } from '@gts/persistence';
import { missingDefinitions, type MissingDefinition, type SagaHost } from '@gts/saga';
import type { Readiness } from './readiness';
import type { Background } from './service';

const EVERY_MS = durationMs('10s');
const PART = 'sagas';

type Deps = Readonly<{
  sagas: readonly Pick<SagaHost, 'definition' | 'versions'>[];
  store: Store;
  readiness: Pick<Readiness, 'set'>;
  log: Pick<Log, 'error' | 'info'>;
  scheduler?: Scheduler;
}>;

const text = ({ type, version, unfinished }: MissingDefinition): string =>
  `${unfinished} unfinished saga${unfinished === 1 ? '' : 's'} of ${type} version ${version}`;

const advice =
  'this release does not know that version: run the release that does until they have ended (gts saga list)';

/** Not ready while the store holds unfinished sagas whose definition this release lacks: only another can end them. */
export function sagaWatch({ sagas, store, readiness, log, scheduler = systemScheduler }: Deps): Background {
  let cancel: Cancel = () => undefined;
  const look = async (): Promise<boolean> => {
    const missing = await missingDefinitions(sagas, { store });
    readiness.set(PART, missing.length === 0 ? undefined : `${missing.map(text).join(', ')}; ${advice}`);
    return missing.length > 0;
  };
  const again = async () => {
    if (await look()) return;
    cancel();
    log.info({}, 'no saga of an unknown version is left');
  };
  return {
    name: 'saga watch',
    start: async () => {
      if (!(await look())) return;
      log.error(
        { missing: await missingDefinitions(sagas, { store }) },
        'unfinished sagas of unknown versions: not ready',
      );
      cancel = repeat(scheduler, () => EVERY_MS, again);
    },
    stop: () => Promise.resolve(cancel()),
  };
}
