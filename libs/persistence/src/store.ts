import { durationMs } from '@gts/kernel';
import type { NewOutboxRow, Store, StoreHealth, StoreOptions } from './ports';
import { leasesOver, type Write } from './leases';
import { ownUnits, portOver, type Transact } from './port';
import type { Run } from './reader';
import type { Engine } from './session';
import { WriterQueue } from './writer-queue';

const DEFAULT_TIMEOUT_MS = durationMs('10s');

export type EngineStore = Readonly<{
  engine: Engine;
  options: StoreOptions;
  health: () => StoreHealth;
}>;

/** The port over an engine with one writer at a time. */
export function storeOver({ engine, options, health }: EngineStore): Store & { readonly write: Write } {
  const listeners = new Set<(rows: readonly NewOutboxRow[]) => void>();
  const queue = new WriterQueue(engine, {
    epochMs: () => options.clock.epochMs(),
    elapsedMs: options.elapsedMs ?? (() => performance.now()),
    rerun: options.rerun ?? false,
    probe: options.probe,
    ensure: (def) => {
      if (!engine.ready(def)) engine.ensure(def);
    },
    committed: (rows) => listeners.forEach((each) => each(rows)),
  });
  const transact: Transact = (ctx, fn, o) => queue.submit(ctx, { fn, timeoutMs: o?.timeoutMs ?? DEFAULT_TIMEOUT_MS });
  const write = ownUnits(transact);
  const read: Run = async (def, work) => {
    if (!engine.ready(def)) await (queue.idle ? engine.ensure(def) : write(async () => engine.ensure(def)));
    return work(engine.reader);
  };
  const port = portOver({
    transact,
    write,
    read,
    reader: engine.reader,
    leases: leasesOver(write, engine.reader),
    prepare: (defs) => write(async () => defs.filter((def) => !engine.ready(def)).forEach((def) => engine.ensure(def))),
    listeners,
    health: async () => health(),
    close: async () => {
      await queue.close();
      engine.close();
    },
  });
  return { ...port, write };
}
