// Single stages: a model made ready, the meter, a cabinet.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { generated, pack } from './captures.mjs';

const require = createRequire(import.meta.url);
const { loadOwnEngine, parseNam } = require('@gts/nam');
const { convolve, measure, prepareIr, readWav } = require('@gts/audio');
const ROUNDS = 7;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const two = (value) => Number(value.toFixed(2));

/** Milliseconds of CPU that `work` takes, the median of several times after a warm-up. */
function cpuMs(work) {
  work();
  const once = () => {
    const since = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(since);
    return (user + system) / 1000;
  };
  return median(Array.from({ length: ROUNDS }, once));
}

const noise = (seconds) =>
  Float32Array.from({ length: seconds * 48_000 }, (_, i) => 0.3 * Math.sin(i * 0.05) * Math.sin(i * 1.37));

/** A half-second impulse response: the pack's longest cabinet, as long as it takes. */
function cabinet() {
  const { channels } = readWav(readFileSync(join(pack, 'irs', '4x12-ribbon-off-axis.wav')), 'ir');
  return Float32Array.from({ length: 24_000 }, (_, i) => channels[0][i] ?? channels[0][i % channels[0].length] * 1e-3);
}

export function stageRows({ wanted }) {
  const own = loadOwnEngine();
  const bytes = generated['A1 standard'];
  const [x, ir] = [noise(30), prepareIr(cabinet())];
  const ready = () => own.render(own.prepare(parseNam(bytes)), new Float32Array(0));
  const most = (id, value, must) => ({ id, value: two(value), unit: 'ms', must, ok: value <= must });
  const rows = [
    { id: 'model-ready-ms', row: () => most('model-ready-ms', cpuMs(ready), 15) },
    {
      id: 'meter-ms-30s',
      row: () =>
        most(
          'meter-ms-30s',
          cpuMs(() => measure(x)),
          60,
        ),
    },
    { id: 'ir-rtf', row: () => least(30_000 / cpuMs(() => convolve(x, ir))) },
  ];
  return rows.filter(({ id }) => wanted(id)).map(({ row }) => row());
}

const least = (value) => ({ id: 'ir-rtf', value: two(value), unit: 'RTF', must: 300, ok: value >= 300 });
