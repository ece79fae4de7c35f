import type { Player, PlayerState } from '@gts/ab-player';
import { h } from './dom';
import { clock, texts } from './texts';

/** Play, pause and position. The slider follows what is audible, drawn once a frame while it plays. */
export function transport(player: Player): { element: HTMLElement; update: (state: PlayerState) => void } {
  const toggle = () => (player.state().status === 'playing' ? player.pause() : void player.play());
  const button = h('button', { type: 'button', click: toggle }, texts.play);
  const time = h('output', { 'aria-hidden': 'true' }, clock(0));
  const slider = h('input', {
    type: 'range',
    min: '0',
    max: '0',
    step: '100',
    value: '0',
    'aria-label': texts.position,
  });
  slider.addEventListener('input', () => player.seek(Number(slider.value)));
  let next = 0;
  const draw = () => {
    cancelAnimationFrame(next);
    const { durationMs, status } = player.state();
    const at = player.positionMs();
    slider.max = String(durationMs);
    slider.value = String(at);
    slider.setAttribute('aria-valuetext', texts.positionValue(at, durationMs));
    time.textContent = clock(at);
    if (status === 'playing') next = requestAnimationFrame(draw);
  };
  const label = {
    playing: texts.pause,
    blocked: texts.waiting,
    idle: texts.play,
    paused: texts.play,
    interrupted: texts.play,
    failed: texts.play,
  };
  return {
    element: h('div', { class: 'transport' }, button, slider, time),
    update: ({ status }) => {
      button.textContent = label[status];
      draw();
    },
  };
}
