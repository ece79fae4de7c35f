// How far the kernel is from the float64 definition: worst null over every generated shape and the demo captures.
import { createRequire } from 'node:module';
import { demoCaptures, demoRiff, generated } from './captures.mjs';

const require = createRequire(import.meta.url);
const { loadOwnEngine, parseNam, prepareOracle, renderOracle } = require('@gts/nam');
const { relativeDb } = require('@gts/testing');
const MUST = { WaveNet: -110, LSTM: -90 };

/** Per capture: name, dB rel, limit, and the residual for its spectrum. */
export function nullsOf() {
  const own = loadOwnEngine();
  const x = demoRiff(1);
  return Object.entries({ ...generated, ...demoCaptures }).map(([name, bytes]) => {
    const model = parseNam(bytes);
    const [y, reference] = [own.render(own.prepare(model), x), renderOracle(prepareOracle(model), x)];
    return { name, db: relativeDb(y, reference), must: MUST[model.architecture], y, reference };
  });
}

/** The null that is nearest to its limit. */
export function nullRow(found) {
  const worst = found.toSorted((a, b) => b.db - b.must - (a.db - a.must))[0];
  const parts = found.map(({ name, db }) => ({ name, db: Number(db.toFixed(1)) }));
  const ok = found.every(({ db, must }) => db <= must);
  return {
    id: 'null-worst-db',
    value: Number(worst.db.toFixed(1)),
    unit: `dB rel, ${worst.name}`,
    peer: 'float64 oracle',
    must: worst.must,
    ok,
    parts,
  };
}
