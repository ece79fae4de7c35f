import { manualClock } from '@gts/testing';
import { storeContract } from '../suite/store-contract';
import { memoryStore } from './store';

storeContract({
  name: 'memory',
  features: { foreignAwait: true },
  open: async (options) => {
    const clock = manualClock();
    return { store: memoryStore({ clock, ...options }), clock };
  },
});
