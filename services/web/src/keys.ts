import type { Player } from '@gts/ab-player';

const STEP_MS = 2000;
const LONG_STEP_MS = 10_000;

const inText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** 1-9 and 0 are tones 1-10, with Shift 1-6 tones 11-16; by `code`, so that every layout has them. */
function toneOf(event: KeyboardEvent): number | undefined {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  if (digit === undefined) return undefined;
  const n = digit === '0' ? 10 : Number(digit);
  return event.shiftKey ? n + 10 : n;
}

/** The keys of every page with a player. */
export function bindKeys(player: Player, ids: readonly string[], focus: (index: number) => void): void {
  const toggle = () => (player.state().status === 'playing' ? player.pause() : void player.play());
  const move = (by: number) => {
    const at = ids.indexOf(player.state().active);
    const next = (at + by + ids.length) % ids.length;
    player.select(ids[next] ?? '');
    focus(next);
  };
  const seek = (by: number) => player.seek(player.positionMs() + by);
  const actions: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    Space: toggle,
    ArrowUp: () => move(-1),
    ArrowDown: () => move(1),
    ArrowLeft: (event) => seek(event.shiftKey ? -LONG_STEP_MS : -STEP_MS),
    ArrowRight: (event) => seek(event.shiftKey ? LONG_STEP_MS : STEP_MS),
    Home: () => player.seek(0),
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || inText(event.target)) return;
    const tone = toneOf(event);
    const action = tone ? () => player.select(ids[tone - 1] ?? '') : actions[event.code];
    // Space on a focused button or link is that element's own.
    const own =
      event.code === 'Space' && event.target instanceof Element && event.target.closest('a,button:not(.tone)');
    if (!action || own) return;
    event.preventDefault();
    action(event);
  });
}
