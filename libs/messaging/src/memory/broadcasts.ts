import type { Broadcasts } from '../broadcasts';

/** The replicas of one service in one process. */
export function memoryBroadcasts(): Broadcasts {
  const listeners = new Map<string, Set<(data: unknown) => void>>();
  return {
    tell: (topic, data) => listeners.get(topic)?.forEach((told) => told(structuredClone(data))),
    hear: (topic, told) => {
      const all = listeners.get(topic) ?? new Set();
      listeners.set(topic, all.add(told));
      return () => void all.delete(told);
    },
  };
}
