import type { RenderCache } from '../application/ports';
import { onceOf } from './once';

/** For specs: results of stages in memory; `kept` counts what was computed. */
export function memoryCache(): RenderCache & { kept: () => number } {
  const [sounds, values, keys] = [
    new Map<string, Float32Array>(),
    new Map<string, unknown>(),
    new Map<string, string>(),
  ];
  let kept = 0;
  return {
    kept: () => kept,
    find: async (key) => {
      const sha256 = keys.get(key);
      return sha256 ? { sha256, frames: sounds.get(sha256)?.length ?? 0 } : undefined;
    },
    read: async ({ sha256 }) => sounds.get(sha256)?.slice(),
    keep: async (key, { samples, sha256 }) => {
      kept += 1;
      sounds.set(sha256, samples.slice());
      keys.set(key, sha256);
      return { sha256, frames: samples.length };
    },
    forget: async (key) => {
      keys.delete(key);
      values.delete(key);
    },
    findValue: async (key) => values.get(key),
    keepValue: async (key, value) => void values.set(key, value),
    once: onceOf(),
  };
}
