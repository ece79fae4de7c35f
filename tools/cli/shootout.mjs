import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { until } from '../lib/api.mjs';
import { progressBar, step } from '../lib/steps.mjs';
import { address, connect, printJson, read, Refused, table, UsageError } from './arguments.mjs';
import { chainName, parseChain } from './chain-notation.mjs';

const help = `Usage: npm run -s gts -- shootout --di take.wav --chain "amp.nam + cab.wav" --chain "…" --title … --out DIR

Renders one DI through 2 to 16 signal chains, brought to one loudness, and downloads the result.
  --di FILE        the dry recording (WAV, FLAC, AIFF, Ogg, MP3)
  --chain "A + B"  files in the order of the signal; the last .nam before a .wav is the amp, earlier ones are
                   pedals, a .nam without .wav is a full rig; give it once for each chain
  --title TEXT     title of the shootout (the DI's file name)
  --out DIR        where FLACs and manifest go (.)
  --channel C      of a stereo recording: left, right or mix (left, or as it was uploaded before)
  --licence CODE   licence of what is uploaded: cc0, cc-by, … (unknown)
  --json           one line of JSON instead of the table
`;

const options = {
  di: { type: 'string' },
  chain: { type: 'string', multiple: true },
  title: { type: 'string' },
  out: { type: 'string' },
  channel: { type: 'string' },
  licence: { type: 'string' },
  json: { type: 'boolean' },
};
const RENDER_LIMIT_MS = 45 * 60_000;
const sha256Of = (bytes) => createHash('sha256').update(bytes).digest('hex');

function inputOf(args) {
  const { options: given, words } = read(args, options, help);
  if (words.length > 0) throw new UsageError(`what is "${words[0]}"? A chain needs --chain "${words[0]}"`, help);
  if (!given.di) throw new UsageError('--di names the dry recording', help);
  if ((given.chain ?? []).length < 2)
    throw new UsageError('a shootout compares at least two chains: give --chain twice', help);
  if (given.channel && !['left', 'right', 'mix'].includes(given.channel))
    throw new UsageError('--channel is left, right or mix', help);
  try {
    return {
      ...given,
      take: bytesOf(given.di),
      chains: given.chain
        .map(parseChain)
        .map((blocks) => blocks.map((each) => ({ ...each, bytes: bytesOf(each.file) }))),
      out: given.out ?? '.',
      title: given.title ?? basename(given.di),
    };
  } catch (error) {
    throw new UsageError(error.message, help);
  }
}

function bytesOf(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error.code ?? error.message}`);
  }
}

/** What the stack refuses is told with the name of the file it is about. */
async function about(file, work) {
  try {
    return await work();
  } catch (error) {
    if (error.name === 'ApiError') error.message = `${file}: ${error.message}`;
    throw error;
  }
}

/** The gear model that holds the file's bytes, uploading them when nobody has. */
async function ensureModel(api, { file, role, bytes }, licence) {
  const sha256 = sha256Of(bytes);
  const { items } = await api.get(`/gear?sha256=${sha256}`);
  const known = items.find((gear) => gear.gearType === role) ?? items[0];
  if (known && known.gearType !== role)
    throw new Refused(
      `${file} is in the catalogue as ${known.gearType} ("${known.name}"), here it stands as ${role}: order the chain otherwise`,
    );
  if (known) return known.models.find((model) => model.sha256 === sha256).id;
  await api.stage(sha256, bytes);
  const name = basename(file).replace(/\.(nam|wav)$/i, '');
  const kind = role === 'ir' ? { irKind: 'cabinet' } : {};
  const gear = await api.post('/gear', {
    fileSha256: sha256,
    name,
    gearType: role,
    ...kind,
    licenceCode: licence,
    declaredRights: true,
  });
  return gear.models[0].id;
}

async function ensureDI(api, { di, take: bytes, channel }) {
  const { items } = await api.get(`/di-tracks?sha256=${sha256Of(bytes)}`);
  const usable = items.find((track) => track.status !== 'REJECTED');
  if (usable && channel && (usable.channel ?? 'left') !== channel)
    throw new Refused(
      `${di} is there already as "${usable.name}", with the channel ${usable.channel ?? 'left'}: leave --channel out, or delete that recording`,
    );
  const track =
    usable ??
    (await api.createDI(bytes, {
      name: basename(di).slice(0, 120),
      filename: basename(di),
      ...(channel && { channel }),
    }));
  const ready = await until(
    () => api.get(`/di-tracks/${track.id}`),
    (each) => each.status !== 'INSPECTING',
  );
  if (ready.status !== 'READY')
    throw new Refused(
      `the recording ${di} was refused: ${ready.rejection?.code}. Choose another file, or export it again as WAV.`,
    );
  return ready.id;
}

async function ensureChains(api, chains, licence) {
  const ids = [];
  for (const blocks of chains) {
    const wanted = [];
    for (const block of blocks)
      wanted.push({
        kind: 'gear',
        role: block.role,
        gearModelId: await about(block.file, () => ensureModel(api, block, licence)),
      });
    ids.push((await api.post('/signal-chains', { name: chainName(blocks), blocks: wanted })).id);
  }
  return ids;
}

async function follow(api, id, quiet) {
  const draw = quiet ? () => {} : progressBar('Rendering');
  const run = await until(
    async () => {
      const now = await api.get(`/shootouts/${id}/run`);
      draw(now.percent ?? 0);
      return now;
    },
    // How much was rendered anew is noted beside the run and may come a moment after its end.
    (now) => now.status === 'FAILED' || (now.status === 'COMPLETED' && now.rendered !== undefined),
    { everyMs: 400, withinMs: RENDER_LIMIT_MS },
  );
  if (run.status === 'FAILED')
    throw new Error(`the render failed at ${run.failure?.step ?? run.step}: ${run.failure?.code ?? 'no code'}`);
  draw(100);
  return run;
}

const fileName = (position, label, suffix) =>
  `${String(position + 1).padStart(2, '0')}-${label.replace(/[^A-Za-z0-9._-]+/g, '-')}${suffix}`;

async function downloadTone(api, tone, out) {
  const fetchTo = async (media, suffix) => {
    const bytes = await api.download(`/media/${media.mediaKey}?download=1`);
    if (sha256Of(bytes) !== media.sha256)
      throw new Error(`the download of ${tone.label} does not match its hash: try again`);
    const file = join(out, fileName(tone.position, tone.label, suffix));
    writeFileSync(file, bytes);
    return file;
  };
  return {
    label: tone.label,
    integratedLufs: tone.integratedLufs,
    truePeakDbtp: tone.truePeakDbtp,
    gainDb: tone.gainDb,
    samples: tone.frames,
    sha256: tone.media.listen.sha256,
    file: await fetchTo(tone.media.listen, '.flac'),
    file24: await fetchTo(tone.media.download, '.24.flac'),
  };
}

async function download(api, id, out) {
  mkdirSync(out, { recursive: true });
  const page = await api.get(`/public/shootouts/${id}`);
  const manifest = await api.download(`/public/shootouts/${id}/manifests/${page.manifestVersion}`);
  if (sha256Of(manifest) !== page.manifestSha256) throw new Error('the manifest does not match its hash: try again');
  writeFileSync(join(out, 'manifest.json'), manifest);
  const tones = [];
  for (const tone of page.tones) tones.push(await downloadTone(api, tone, out));
  return { targetLufs: page.levelling.targetLufs, tones };
}

function show({ targetLufs, tones, rendered, reused, url }, out) {
  const rows = tones.map((tone) => [
    tone.label,
    tone.integratedLufs.toFixed(2),
    tone.truePeakDbtp.toFixed(2),
    tone.gainDb.toFixed(3),
    (tone.samples / 48_000).toFixed(3),
    tone.sha256,
  ]);
  table(['chain', 'LUFS', 'dBTP', 'gain dB', 'seconds', 'sha256'], rows);
  const work =
    rendered === 0
      ? 'nothing was rendered again: every tone was known'
      : `${rendered} rendered, ${reused} known already`;
  process.stdout.write(`\nTarget ${targetLufs} LUFS; ${work}.\n${url}\nFiles: ${out}\n`);
}

export async function shootout(args) {
  const input = inputOf(args);
  const api = await connect('ada');
  const note = input.json ? (_, work) => work() : step;
  const diTrackId = await note('Recording', () => about(input.di, () => ensureDI(api, input)));
  const chains = await note('Chains', () => ensureChains(api, input.chains, input.licence ?? 'unknown'));
  const created = await api.post('/shootouts', {
    title: input.title,
    diTrackId,
    visibility: 'private',
    selections: chains.map((signalChainId) => ({ signalChainId })),
  });
  await api.post(`/shootouts/${created.id}/render`);
  const run = await follow(api, created.id, input.json);
  const result = await note('Downloading', () => download(api, created.id, input.out));
  const summary = {
    shootoutId: created.id,
    url: `${address()}/listen/${created.id}`,
    ...result,
    rendered: run.rendered,
    reused: run.reused,
  };
  if (input.json) printJson(summary);
  else show(summary, input.out);
}
