// What a person sees while something takes time: steps with their seconds, and one progress bar.
import { clearLine, cursorTo } from 'node:readline';

const out = process.stderr;

/** Runs `work`, printing `title` and, at its end, the seconds it took. */
export async function step(title, work) {
  const start = process.hrtime.bigint();
  out.write(`${title} … `);
  try {
    const result = await work();
    out.write(`${seconds(start)} s\n`);
    return result;
  } catch (error) {
    out.write('failed\n');
    throw error;
  }
}

const seconds = (start) => (Number(process.hrtime.bigint() - start) / 1e9).toFixed(1);

/** A bar that redraws itself on a terminal and prints quarters elsewhere. */
export function progressBar(title) {
  let shown = -1;
  return (percent) => {
    const now = Math.max(0, Math.min(100, Math.round(percent)));
    if (out.isTTY ? now === shown : Math.floor(now / 25) === Math.floor(shown / 25)) return;
    shown = now;
    const bar = '█'.repeat(Math.round(now / 4)).padEnd(25, '░');
    if (!out.isTTY) return void out.write(`${title} ${bar} ${now} %\n`);
    clearLine(out, 0);
    cursorTo(out, 0);
    out.write(`${title} ${bar} ${now} %${now === 100 ? '\n' : ''}`);
  };
}
