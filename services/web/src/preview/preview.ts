import { isDomainError } from '@gts/kernel';
import { isStopped } from '@gts/nam/browser';
import { type LoadedBlock, loadBlock } from './blocks';
import { at, AtBlock, chainsOf, type Pace, type Run } from './chain';
import { pairs } from './pair';
import type { PreviewNews, PreviewRequest } from './protocol';
import { NotHere, type Platform, sourcesOf } from './sources';

/** Answers one request after the other; what is stale ends with `cancelled`, whatever it was about to say. */
export function createPreview(platform: Platform & Pace) {
  const sources = sourcesOf(platform);
  const play = chainsOf(platform, sources);
  const pair = pairs();

  async function answer(request: PreviewRequest, run: Run): Promise<void> {
    run.tell({ state: 'fetching' });
    const blocks: LoadedBlock[] = [];
    for (const [index, block] of request.blocks.entries()) {
      blocks.push(await at(index, () => loadBlock(sources, block)));
      await platform.breathe();
      if (run.stale()) return run.tell({ state: 'cancelled' });
    }
    run.tell({ state: 'computing', percent: 0 });
    const beganMs = platform.nowMs();
    const { sound, prepared, computed } = await play({ request, blocks, run });
    const computeMs = platform.nowMs() - beganMs;
    if (run.stale()) return run.tell({ state: 'cancelled' });
    const heard = pair({ sound, prepared });
    const { sha256, samples } = sound;
    run.tell({ state: 'ready', ...heard, sha256, frames: samples.length, computed, computeMs });
  }

  return async (request: PreviewRequest, run: Run): Promise<void> => {
    try {
      await answer(request, run);
    } catch (error) {
      run.tell(run.stale() ? { state: 'cancelled' } : newsOf(error));
    }
  };
}

/** Why there is nothing to hear. What nobody foresaw is said as well: a page that waits for ever helps nobody. */
function newsOf(error: unknown): PreviewNews {
  const blockIndex = error instanceof AtBlock ? error.blockIndex : null;
  const cause = error instanceof AtBlock ? error.cause : error;
  if (isStopped(cause)) return { state: 'cancelled' };
  const detail = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof NotHere) return { state: cause.state, blockIndex, code: cause.code, detail };
  const code = isDomainError(cause) ? cause.code : 'preview.failed';
  return { state: 'refused', blockIndex, code, detail };
}
