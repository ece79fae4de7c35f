import { memoryStore } from '@gts/persistence';
import { manualClock, sagaStoreContract } from '@gts/testing';

sagaStoreContract('memory', async () => {
  const clock = manualClock();
  const store = memoryStore({ clock });
  return { store, clock, close: () => store.close() };
});
