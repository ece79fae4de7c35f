import { batches } from './batches';
import { isolation } from './isolation';
import { lifetimes } from './lifetimes';
import type { Fresh, Make, Opened } from './make';
import { paging, queries } from './queries';
import { retention } from './retention';
import { scopes } from './scopes';
import { units } from './units';
import { writes } from './writes';

/** What every adapter of the port means, S1 to S34; S30 needs a process to kill and lies beside the adapter. */
export function storeContract(make: Make): void {
  const opened: Opened[] = [];
  const fresh: Fresh = async (options) => {
    const one = await make.open(options);
    opened.push(one);
    return one;
  };
  afterEach(async () => {
    for (const { store } of opened.splice(0)) await store.close();
  });
  describe(make.name, () => {
    writes(fresh);
    units(fresh, make.features);
    batches(fresh);
    isolation(fresh);
    scopes(fresh);
    queries(fresh);
    paging(fresh);
    lifetimes(fresh);
    retention(fresh);
  });
}
