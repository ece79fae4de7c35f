import { createPlayer, type Player, type PlayerState } from '@gts/ab-player';
import { downloadUrl, manifestUrl, mediaUrl, shootout, type Shootout, type Tone } from './api';
import { beside } from './beside';
import { comparison } from './compare';
import { h } from './dom';
import { bindKeys } from './keys';
import { texts } from './texts';
import { transport } from './transport';

const RATE = 48_000;

async function fetchBytes(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw Object.assign(new Error(url), { code: `http-${response.status}` });
  return response.arrayBuffer();
}

const newPlayer = (): Player =>
  createPlayer({
    context: () => new AudioContext({ sampleRate: RATE, latencyHint: 'interactive' }),
    decode: (bytes) => new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes),
    fetch: fetchBytes,
  });

const fact = (name: string, value: string): readonly HTMLElement[] => [h('dt', {}, name), h('dd', {}, value)];

/** Loudness and chain of the active tone. */
function facts({ label, integratedLufs, truePeakDbtp, gainDb, provenance, media }: Tone): readonly Node[] {
  return [
    h('h2', {}, texts.sounding(label)),
    h(
      'dl',
      {},
      h('div', {}, ...fact(texts.integrated, texts.lufs(integratedLufs))),
      h('div', {}, ...fact(texts.truePeak, texts.dbtp(truePeakDbtp))),
      h('div', {}, ...fact(texts.gain, texts.db(gainDb))),
    ),
    h('h3', {}, texts.chainHeading),
    h(
      'ol',
      { class: 'chain' },
      ...provenance.map(({ role, displayName }) => h('li', {}, `${displayName} (${role.replaceAll('_', ' ')})`)),
    ),
    h('a', { href: downloadUrl(media.download) }, texts.download),
  ];
}

function toneButton(tone: Tone, player: Player): HTMLButtonElement {
  const press = () => {
    player.retry(tone.toneId);
    player.select(tone.toneId);
  };
  return h(
    'button',
    { class: 'tone', type: 'button', role: 'radio', id: `tone-${tone.position}`, click: press },
    h('kbd', { 'aria-hidden': 'true' }, String(tone.position + 1)),
    h('span', { class: 'lamp', 'aria-hidden': 'true' }),
    h('span', { class: 'tape' }, h('bdi', {}, tone.label)),
    h('span', { class: 'soft phase' }),
  );
}

const phaseText = (phase: string | undefined): string =>
  phase === 'failed' ? texts.toneFailed : phase === 'ready' ? '' : texts.loadingTone;

/** A radio group: one tone is active, arrows move within it. */
function toneGroup(page: Shootout, player: Player) {
  const buttons = page.tones.map((tone) => toneButton(tone, player));
  const group = h('div', { class: 'tones', role: 'radiogroup', 'aria-label': texts.toneGroup }, ...buttons);
  const update = ({ active, sources, status }: PlayerState) => {
    group.classList.toggle('playing', status === 'playing');
    page.tones.forEach(({ toneId }, i) => {
      const button = buttons[i];
      const phase = sources.find((source) => source.id === toneId)?.phase;
      button?.setAttribute('aria-checked', String(toneId === active));
      button?.setAttribute('tabindex', toneId === active ? '0' : '-1');
      button?.querySelector('.phase')?.replaceChildren(phaseText(phase));
    });
  };
  return { group, update, focus: (i: number) => buttons[i]?.focus() };
}

const ANNOUNCE_EVERY_MS = 1000;

/** Tells screen readers what sounds, at most once a second. */
function announcer(page: Shootout, player: Player) {
  const region = document.getElementById('announcer');
  let last = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  return ({ active, status }: PlayerState) => {
    const key = `${active} ${status}`;
    if (key === last || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      const now = player.state();
      last = `${now.active} ${now.status}`;
      const tone = page.tones.find((each) => each.toneId === now.active);
      if (tone && region) region.textContent = texts.announce(tone, texts.status[now.status], player.positionMs());
    }, ANNOUNCE_EVERY_MS);
  };
}

declare global {
  interface Window {
    /** For people who look behind the page, and for its tests. */
    player?: Player;
  }
}

/** One shootout, all tones on one clock. */
export async function listen(main: HTMLElement, id: string): Promise<void> {
  const page = await shootout(id);
  document.title = `${page.title} · ${texts.title}`;
  const player = newPlayer();
  window.player = player;
  const tones = toneGroup(page, player);
  const bar = transport(player);
  const now = h('section', { class: 'facts', 'aria-label': texts.chainHeading });
  const announce = announcer(page, player);
  let shown = '';
  player.subscribe((state) => {
    tones.update(state);
    bar.update(state);
    announce(state);
    const tone = page.tones.find((each) => each.toneId === state.active);
    if (tone && tone.toneId !== shown) now.replaceChildren(...facts(tone));
    shown = state.active;
  });
  main.replaceChildren(
    h('h1', {}, h('bdi', {}, page.title)),
    ...(page.description ? [h('p', {}, page.description)] : []),
    h('p', { class: 'soft' }, `${texts.di(page.di.name)}. ${texts.target(page.levelling.targetLufs)}`),
    bar.element,
    tones.group,
    now,
    comparison(page),
    beside(page),
    h('p', { class: 'soft' }, texts.keys, ' ', h('a', { href: manifestUrl(page) }, texts.manifest)),
  );
  bindKeys(
    player,
    page.tones.map((tone) => tone.toneId),
    tones.focus,
  );
  const sources = page.tones.map((tone) => ({
    id: tone.toneId,
    url: mediaUrl(tone.media.listen),
    frames: tone.frames,
  }));
  player.load(sources, sources[0]?.id ?? '');
}
