import { describeOnMongo, manualClock, mongoDatabases } from '@gts/testing';
import { storeContract } from '../suite/store-contract';
import { openMongoStore } from './store';

// Rows carry the time of this clock; the server's own broom must not find them old.
const TODAY_MS = Math.floor(performance.timeOrigin);
const databases = mongoDatabases('store');

describeOnMongo('a replica set', () => {
  afterAll(() => databases.drop());
  describe.each([false, true])('rerun %s', (rerun) => {
    storeContract({
      name: 'MongoDB',
      features: { foreignAwait: false },
      open: async (options) => {
        const clock = manualClock(TODAY_MS);
        const where = { url: databases.fresh(), appName: 'suite', clock, clockIsStoreTime: true };
        return { store: await openMongoStore({ ...where, rerun, ...options }), clock };
      },
    });
  });
});
