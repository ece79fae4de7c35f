import type { Player } from '@gts/ab-player';

/** What a preview page says of itself. */
type Heard = Readonly<{
  state: string;
  atMs: number;
  sha256?: string;
  frames?: number;
  computed?: readonly string[];
  computeMs?: number;
  before?: unknown;
  percent?: number;
}>;

declare global {
  interface Window {
    player?: Player;
    preview?: Readonly<{ news: readonly Heard[]; audio: () => string | undefined; close: () => Promise<void> }>;
    /** Set by the spec before the page's own scripts run. */
    overheard?: { longTasks: number[]; analyser?: AnalyserNode };
  }
}
