import type { Law } from '@gts/ab-player';
import { judge, type Verdict } from './judge';
import { noise, RATE, rig, seeded, wait } from './recording';

const jam = (ms: number) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

/** Random switches among 8 noises, at least 30 ms apart. */
async function switches(law: Law, count: number): Promise<Verdict & { gaps: number; pressed: number[] }> {
  const frames = 12 * RATE;
  const sources = Array.from({ length: 8 }, (_, i) => noise(i, frames));
  const { player, stop, gaps } = await rig(
    sources.map((_, i) => String(i)),
    frames,
    (id) => Promise.resolve(sources[Number(id)] ?? noise(0, 1)),
  );
  player.setLaw(law);
  await wait(100);
  await player.play();
  await wait(200);
  const random = seeded(7);
  const pressed = [0];
  for (let i = 0; i < count; i++) {
    const next = ((pressed.at(-1) ?? 0) + 1 + Math.floor(random() * 7)) % 8;
    player.select(String(next));
    pressed.push(next);
    await wait(60 + random() * 60);
  }
  player.pause();
  return { ...judge(await stop(), sources), gaps: gaps(), pressed };
}

/** Largest step between two frames while switching every 3 to 30 ms on constant signals. */
async function storm(law: Law, count: number): Promise<number> {
  const frames = 12 * RATE;
  const level = (id: string) => new Float32Array(frames).fill(id === 'a' ? 1 : 0);
  const { player, stop } = await rig(['a', 'b', 'c'], frames, (id) => Promise.resolve(level(id)));
  player.setLaw(law);
  await wait(100);
  await player.play();
  await wait(150);
  const random = seeded(11);
  for (let i = 0; i < count; i++) {
    player.select(['a', 'b', 'c'][Math.floor(random() * 3)] ?? 'a');
    await wait(3 + random() * 27);
  }
  player.select('a');
  await wait(150);
  const recorded = await stop();
  const start = recorded.findIndex((value) => value !== 0) + 480;
  let most = 0;
  for (let i = start; i < recorded.length - 9600; i++)
    most = Math.max(most, Math.abs((recorded[i + 1] ?? 0) - (recorded[i] ?? 0)));
  return most;
}

/** A tone that is decoded during play: is it at the tape's position when it is switched to? */
async function lateJoin(afterMs: number): Promise<Verdict> {
  const frames = 4 * RATE;
  const sources = [noise(1, frames), noise(2, frames)];
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const { player, stop } = await rig(['0', '1'], frames, async (id) => {
    if (id === '1') await held;
    return sources[Number(id)] ?? noise(0, 1);
  });
  await wait(50);
  await player.play();
  await wait(150 + afterMs);
  release();
  await wait(120);
  player.select('1');
  await wait(150);
  player.pause();
  return judge(await stop(), sources);
}

/** The main thread is busy before, within and after `play`. */
async function jammed(): Promise<Verdict> {
  const frames = 4 * RATE;
  const sources = [noise(1, frames), noise(2, frames)];
  const { player, stop } = await rig(['0', '1'], frames, (id) => Promise.resolve(sources[Number(id)] ?? noise(0, 1)));
  await wait(100);
  const original: (this: AudioBufferSourceNode, ...when: number[]) => void = AudioBufferSourceNode.prototype.start; // oxlint-disable-line typescript/unbound-method -- it is bound by apply below
  AudioBufferSourceNode.prototype.start = function start(this: AudioBufferSourceNode, ...when: number[]) {
    jam(12);
    original.apply(this, when);
  };
  jam(12);
  await player.play();
  jam(12);
  AudioBufferSourceNode.prototype.start = original;
  await wait(250);
  player.select('1');
  await wait(250);
  player.pause();
  return judge(await stop(), sources);
}

declare global {
  interface Window {
    proof: { switches: typeof switches; storm: typeof storm; lateJoin: typeof lateJoin; jammed: typeof jammed };
  }
}
window.proof = { switches, storm, lateJoin, jammed };
