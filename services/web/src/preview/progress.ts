import type { LoadedBlock } from './blocks';
import type { PreviewNews } from './protocol';

/** Before this the speed is a guess. */
const JUDGE_AFTER_MS = 800;
const SHORT_SECONDS = 3;

type Measured = Readonly<{
  tell: (news: PreviewNews) => void;
  blocks: readonly LoadedBlock[];
  seconds: number;
  nowMs: () => number;
}>;

/** Percent by the work of each block; says once when the chain will take longer than it sounds. */
export function progressOf({ tell, blocks, seconds, nowMs }: Measured) {
  const total = blocks.reduce((sum, { ops }) => sum + ops, 0);
  const before = blocks.map((_, i) => blocks.slice(0, i).reduce((sum, { ops }) => sum + ops, 0));
  const startMs = nowMs();
  let fromCache = 0;
  let warned = false;
  let shown = -1;
  function judge(done: number): void {
    const elapsed = nowMs() - startMs;
    const left = (elapsed * (total - fromCache)) / (done - fromCache) / 1000;
    if (warned || seconds <= SHORT_SECONDS || elapsed < JUDGE_AFTER_MS || !(left > seconds)) return;
    warned = true;
    tell({ state: 'slow', seconds: Math.round(left) });
  }
  function at(index: number, fraction: number): void {
    const done = (before[index] ?? 0) + (blocks[index]?.ops ?? 0) * fraction;
    judge(done);
    const percent = Math.min(100, Math.floor((100 * done) / total));
    if (percent > shown) tell({ state: 'computing', percent });
    shown = Math.max(shown, percent);
  }
  return {
    at,
    done(index: number, computed: boolean): void {
      if (!computed) fromCache += blocks[index]?.ops ?? 0;
      at(index, 1);
    },
  };
}
