import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '@gts/testing';
import { storeContract } from '../suite/store-contract';
import { openSqliteStore } from './store';

const folder = mkdtempSync(join(tmpdir(), 'gts-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

describe.each([false, true])('rerun %s', (rerun) => {
  storeContract({
    name: 'SQLite',
    features: { foreignAwait: true },
    open: async (options) => {
      const clock = manualClock();
      const file = join(folder, `${(files += 1)}.sqlite`);
      return { store: await openSqliteStore({ file, clock, sync: 'normal', rerun, ...options }), clock };
    },
  });
});
