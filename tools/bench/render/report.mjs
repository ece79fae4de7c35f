// The bench as one self-contained page: bars against their musts, spectra of the nulls, level match of the demo shootout.
import { createRequire } from 'node:module';

const { averageSpectrum, thirdOctaves } = createRequire(import.meta.url)('@gts/audio');
const COLOURS = ['#8f2d2a', '#8a6414', '#1d6f63', '#245f95', '#6a3f93', '#a04a12', '#55691a', '#4a5560'];
const colour = (i) => COLOURS[i % COLOURS.length];
const escape = (text) =>
  String(text).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
const svg = (height, body, label) =>
  `<svg viewBox="0 0 920 ${height}" role="img" aria-label="${escape(label)}">${body}</svg>`;
const text = ([x, y], words, extra = '') => `<text x="${x}" y="${y}" ${extra}>${escape(words)}</text>`;

/** One bar a ratio, its must as a line. */
function bars(rows) {
  const most = Math.max(...rows.map(({ ratio, must }) => Math.max(ratio, must)));
  const wide = (value) => (value / most) * 420;
  const bar = ({ id, ratio, must, peer, ok }, i) => {
    const y = 26 * i;
    return [
      text([0, y + 16], id),
      `<rect x="230" y="${y + 4}" width="${wide(ratio)}" height="16" fill="${ok ? '#2f6a3c' : '#9c2a1f'}"/>`,
      `<line x1="${230 + wide(must)}" x2="${230 + wide(must)}" y1="${y + 1}" y2="${y + 23}" stroke="#1d1916" stroke-width="2"/>`,
      text([238 + wide(ratio), y + 16], `${ratio} × ${peer}, must ${must}`),
    ].join('');
  };
  return svg(26 * rows.length + 4, rows.map(bar).join(''), 'Ratios of CPU time against the peers');
}

/** Lines over a frame with a scale; `lines` = {name, values}, null breaks a line. */
function plot(lines, { low, high, unit, ticks, label }) {
  const y = (value) => 300 - ((Math.max(low, Math.min(high, value)) - low) / (high - low)) * 280;
  const longest = Math.max(...lines.map(({ values }) => values.length));
  const x = (i) => 50 + (i / Math.max(1, longest - 1)) * 640;
  const path = (values) =>
    values
      .map((value, i) => (Number.isFinite(value) ? `${x(i).toFixed(1)},${y(value).toFixed(1)}` : ''))
      .filter(Boolean);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const value = low + part * (high - low);
    return `<line x1="50" x2="690" y1="${y(value)}" y2="${y(value)}" stroke="#d5c9b0"/>${text([0, y(value) + 4], `${value.toFixed(0)} ${unit}`)}`;
  });
  const drawn = lines.map(
    ({ name, values }, i) =>
      `<polyline points="${path(values).join(' ')}" fill="none" stroke="${colour(i)}" stroke-width="2"${i >= 8 ? ' stroke-dasharray="5 3"' : ''}/>` +
      text([704, 24 + 18 * i], name, `fill="${colour(i)}"`),
  );
  const foot = ticks.map((tick, i) => text([50 + (i / (ticks.length - 1)) * 620, 318], tick));
  return svg(326, [...grid, ...drawn, ...foot].join(''), label);
}

/** Third octaves of what is left when the definition is taken away, below the level of the sound. */
function nullSpectrum({ name, y, reference }) {
  const spectrum = (x) => thirdOctaves(averageSpectrum(x));
  const rest = Float32Array.from(y, (value, i) => 1e5 * (value - reference[i]));
  const sound =
    10 * Math.log10(spectrum(Float32Array.from(reference)).reduce((sum, db) => sum + 10 ** ((db ?? -200) / 10), 0));
  return { name, values: spectrum(rest).map((db) => (db ?? -200) - 100 - sound) };
}

const table = (rows) =>
  `<table><tr><th>row</th><th>value</th><th>peer</th><th>ratio</th><th>must</th><th></th></tr>${rows
    .map(
      ({ id, value, unit, peerValue, ratio, must, ok }) =>
        `<tr><td>${id}</td><td>${value} ${escape(unit)}</td><td>${peerValue ?? ''}</td><td>${ratio ?? ''}</td><td>${must}</td><td>${ok ? 'met' : 'missed'}</td></tr>`,
    )
    .join('')}</table>`;

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;background:#f3ecdd;color:#1d1916;max-width:960px;margin:2rem auto;padding:0 1rem}
svg{width:100%;background:#fbf7ee;border:1px solid #82745f;padding:8px;box-sizing:border-box}svg text{font-size:12px}
table{border-collapse:collapse;width:100%;background:#fbf7ee}td,th{border:1px solid #82745f;padding:2px 8px;text-align:left}`;
const HERTZ = ['50 Hz', '200 Hz', '800 Hz', '3.2 kHz', '20 kHz'];

/** @returns HTML that needs nothing else */
export function reportOf({ rows, nulls, curves, machine }) {
  const tenths = (values) => values.map((value) => value / 10);
  const range = { low: curves.targetLufs - 14, high: curves.targetLufs + 10, unit: 'LUFS', ticks: ['3 s', 'end'] };
  const lines = (key) => curves.tones.map(({ name, [key]: values }) => ({ name, values: tenths(values) }));
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Render bench</title><style>${STYLE}</style>
<h1>Render bench</h1><p>${escape(`${machine.model}, ${machine.cpus} cores, Node ${machine.node}; others took ${Math.round(100 * machine.foreignCpu)} % of the machine meanwhile`)}</p>
${table(rows)}
<h2>CPU time against the peers</h2>${bars(rows.filter(({ ratio }) => ratio !== undefined))}
<h2>What is left after taking the float64 definition away</h2>${plot(nulls.map(nullSpectrum), { low: -180, high: -90, unit: 'dB', ticks: HERTZ, label: 'Null spectra in third octaves, dB below the sound' })}
<h2>Demo shootout, short-term loudness as played</h2>${plot(lines('before'), { ...range, label: 'Short-term loudness before levelling' })}
<h2>Levelled to ${curves.targetLufs} LUFS</h2>${plot(lines('after'), { ...range, label: 'Short-term loudness after levelling' })}
</html>\n`;
}
