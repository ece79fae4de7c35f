// What the engines play in the bench: seeded models of the published shapes and the demo recording.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../bootstrap.mjs';

const require = createRequire(import.meta.url);
const { anLstm, aWaveNet, namBytes, publishedShapes } = require('@gts/testing');
const { readWav } = require('@gts/audio');

const SEED = 20_261_121;
export const pack = join(root, 'deploy', 'demo');
const packFiles = JSON.parse(readFileSync(join(pack, 'manifest.json'), 'utf8')).files;

const shape = (name) => namBytes(aWaveNet(SEED, publishedShapes[name]));
const lstm = (hidden, layers) => namBytes(anLstm(SEED, [hidden, layers]));

/** Name → bytes of a .nam file. */
export const generated = {
  ...Object.fromEntries(Object.keys(publishedShapes).map((name) => [name, shape(name)])),
  'LSTM 16×2': lstm(16, 2),
  'LSTM 24×1': lstm(24, 1),
};

/** The demo pack's own captures. */
export const demoCaptures = Object.fromEntries(
  packFiles.filter(({ kind }) => kind === 'capture').map(({ file, title }) => [title, readFileSync(join(pack, file))]),
);

/** The first `seconds` of the demo riff, mono at 48 kHz. */
export function demoRiff(seconds) {
  const { channels } = readWav(readFileSync(join(pack, 'di', 'palm-muted-riff.wav')));
  return channels[0].slice(0, seconds * 48_000);
}
