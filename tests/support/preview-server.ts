import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceptDiWav, type EffectName, type EffectParams, sha256 } from '@gts/audio';
import { clockOf } from '@gts/kernel';
import { loadKernel } from '@gts/nam';
import { poolAmpEngine, poolSoundProcessor } from '../../services/rendering/src/adapters/pool-engine';
import { WorkerPool } from '../../services/rendering/src/adapters/worker/pool';

const clock = clockOf(() => new Date().getTime());
const run = { signal: new AbortController().signal };
export const packFile = (path: string): Buffer => readFileSync(join(__dirname, '../../deploy/demo', path));

export type ServerBlock =
  | Readonly<{ capture: Uint8Array }>
  | Readonly<{ cabinet: Uint8Array }>
  | Readonly<{ effect: EffectName; params?: EffectParams; ir?: Uint8Array }>;

/** The render service's own threads and stages, without its messages: what a preview is compared with. */
export function renderService() {
  const pool = new WorkerPool({ size: 1, clock, data: { kernel: loadKernel() } });
  const amp = poolAmpEngine(pool);
  const sound = poolSoundProcessor(pool);

  async function play(block: ServerBlock, x: Float32Array) {
    if ('cabinet' in block) return sound.convolve(block.cabinet, x, run);
    if ('effect' in block) return sound.effect({ params: {}, ...block }, x, run);
    const capture = { sha256: sha256(block.capture), file: block.capture };
    const choice = await amp.choose(capture, run);
    return amp.render(capture, x, { ...run, choice });
  }
  return {
    /** SHA-256 of stage 5 over the first seconds of a recording, as the service stores it. */
    async stage5(di: Uint8Array, seconds: number, blocks: readonly ServerBlock[]): Promise<string> {
      const { samples } = acceptDiWav(di);
      const excerpt = { startMs: 0, endMs: seconds * 1000 };
      let { samples: x, sha256 } = await sound.prepare(samples, { excerpt, inputGainDb: 0 }, run);
      for (const block of blocks) ({ samples: x, sha256 } = await play(block, x));
      return sha256;
    },
    stop: () => pool.stop(0),
  };
}
