import type { Player } from '@gts/ab-player';

declare global {
  interface Window {
    player?: Player;
  }
}
