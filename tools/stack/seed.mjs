// Puts the demo pack's recordings and its shootout into a running stack, through the public API, in the name of ben.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { onceAnswered, signIn, until } from '../lib/api.mjs';
import { progressBar, step } from '../lib/steps.mjs';

const pack = join(root, 'deploy', 'demo');
const TITLE = 'Four rigs, one riff';

/** Chains of the demo shootout: the amp (and a pedal before it) by file, then the cabinet. */
export const demoChains = [
  { name: 'Daybreak 22, open back', files: ['captures/clean-daybreak-22.nam', 'irs/1x12-open-back.wav'] },
  { name: 'Quarryman 45, 4x12', files: ['captures/crunch-quarryman-45.nam', 'irs/4x12-dynamic-on-axis.wav'] },
  {
    name: 'Copper Finch into Quarryman 45',
    files: [
      'captures/drive-pedal-copper-finch.nam',
      'captures/crunch-quarryman-45.nam',
      'irs/4x12-dynamic-on-axis.wav',
    ],
  },
  { name: 'Blackfell 100, ribbon', files: ['captures/high-gain-blackfell-100.nam', 'irs/4x12-ribbon-off-axis.wav'] },
];

const manifest = JSON.parse(readFileSync(join(pack, 'manifest.json'), 'utf8'));
const entry = (file) => manifest.files.find((each) => each.file === file);

async function ensureDI(api, { file, title, description, sha256 }) {
  const { items } = await api.get(`/di-tracks?sha256=${sha256}`);
  const track = items[0] ?? (await api.createDI(readFileSync(join(pack, file)), { name: title, description }));
  const ready = await until(
    () => api.get(`/di-tracks/${track.id}`),
    (di) => di.status !== 'INSPECTING',
  );
  if (ready.status !== 'READY') throw new Error(`the demo recording ${file} was refused: ${ready.rejection?.code}`);
  if (ready.sharing === 'POOL') return ready;
  return api.patch(`/di-tracks/${ready.id}`, ready.version, { sharing: 'POOL' });
}

/** Gear of the pack arrives by itself after the start of gear-catalog: wait for it. */
async function modelOf(api, file) {
  const { sha256 } = entry(file);
  const { items } = await until(
    () => api.get(`/gear?source=demo&sha256=${sha256}`),
    (page) => page.items.length > 0,
  );
  return items[0];
}

async function ensureChain(api, known, { name, files }) {
  const found = known.find((chain) => chain.name === name && chain.status === 'READY');
  if (found) return found;
  const blocks = [];
  for (const file of files) {
    const gear = await modelOf(api, file);
    blocks.push({ kind: 'gear', role: gear.gearType, gearModelId: gear.models[0].id });
  }
  return api.post('/signal-chains', { name, blocks });
}

async function ensureShootout(api, di, selections) {
  const { items } = await api.get('/shootouts?limit=100');
  const found = items.find((each) => each.title === TITLE);
  const shootout =
    found ??
    (await api.post('/shootouts', {
      title: TITLE,
      description: 'The demo pack: four signal chains over one palm-muted riff, brought to one loudness.',
      diTrackId: di.id,
      visibility: 'public',
      selections,
    }));
  if (shootout.status === 'DRAFT' || shootout.status === 'FAILED') await api.post(`/shootouts/${shootout.id}/render`);
  return shootout;
}

async function render(api, id) {
  const draw = progressBar('Rendering the demo shootout');
  const done = await until(
    async () => {
      const run = await api.get(`/shootouts/${id}/run`);
      if (run.percent !== undefined) draw(run.percent);
      return api.get(`/shootouts/${id}`);
    },
    (shootout) => ['COMPLETED', 'FAILED'].includes(shootout.status),
    { everyMs: 500, withinMs: 900_000 },
  );
  if (done.status !== 'COMPLETED') throw new Error(`the demo shootout failed: ${done.failure?.code ?? 'no code'}`);
  draw(100);
}

async function load(address) {
  const api = await signIn(address, 'ben');
  const recordings = manifest.files.filter((each) => each.kind === 'di');
  const tracks = [];
  for (const each of recordings) tracks.push(await ensureDI(api, each));
  const known = (await api.get('/signal-chains?limit=100')).items;
  const selections = [];
  for (const chain of demoChains) selections.push({ signalChainId: (await ensureChain(api, known, chain)).id });
  return { api, shootout: await ensureShootout(api, tracks[0], selections) };
}

/** Everything once: what is there already, from an earlier start or try, is taken up. */
export async function seedDemo(address) {
  const { api, shootout } = await step('Loading the demo pack', () => onceAnswered(() => load(address)));
  if (shootout.status !== 'COMPLETED') await onceAnswered(() => render(api, shootout.id));
  return `${process.env.PUBLIC_URL ?? address}/listen/${shootout.id}`;
}
