import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './support/eventually';
import { aTake, inspected, record, rendered, tinyChain } from './support/main-job';
import { type Person, personWith, sha256, signedIn } from './support/people';
import { startStack, type Stack } from './support/stack';

// Montage, video and picture of a finished shootout (audio.md §6, §10.8; product.md 47, 56), through HTTP.
/** Ends what hangs; nothing here takes as long, also on a busy machine. */
const SLOW = 480_000;
const RIFF = readFileSync(join(__dirname, '..', 'deploy', 'demo', 'di', 'palm-muted-riff.wav'));
const folder = mkdtempSync(join(tmpdir(), 'gts-enrich-'));
const broken = join(folder, 'broken');
const programOf = (name: string): string =>
  spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();

/** The real ffmpeg, which makes no video as long as a file lies there. */
function breakableFfmpeg(): string {
  const path = join(folder, 'ffmpeg');
  const script = `#!/bin/sh\ncase "$*" in *libx264*) [ -e ${broken} ] && exit 1;; esac\nexec ${programOf('ffmpeg')} "$@"\n`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  symlinkSync(programOf('ffprobe'), join(folder, 'ffprobe'));
  return path;
}

type File = Readonly<{ mediaKey: string; sha256: string; bytes: number; mediaType: string }>;
type Enrichment = Readonly<{
  kind: string;
  status: string;
  media?: File;
  chapters?: readonly Readonly<{ label: string; startMs: number }>[];
  chaptersFile?: File;
}>;

let stack: Stack;
let ada: Person;
let guest: Person;
let chains: readonly string[];
beforeAll(async () => {
  stack = await startStack({ env: { FFMPEG_PATH: breakableFfmpeg(), ACK_WAIT: '2s', DATA_SAVER: 'on' } });
  ada = await signedIn(stack.url, 'ada');
  guest = personWith(stack.url, { origin: stack.url });
  const free = { licenceCode: 'cco' };
  chains = [await tinyChain(ada, 1, free), await tinyChain(ada, 2, free), await tinyChain(ada, 3, free)];
}, SLOW);
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function asked(take: Uint8Array, montageWindowMs?: number): Promise<string> {
  const diTrackId = await record(ada, take);
  expect(await inspected(ada, diTrackId)).toBe('READY');
  const selections = chains.map((signalChainId, i) => ({ signalChainId, label: `Tone = ${i + 1}; "hot"` }));
  const about = { title: 'Three rigs', diTrackId, visibility: 'public', selections };
  const { body } = await ada.post('/shootouts', { ...about, ...(montageWindowMs && { montageWindowMs }) });
  const id = String(body['id']);
  expect((await ada.post(`/shootouts/${id}/render`)).status).toBe(202);
  return id;
}
const enrichments = async (id: string): Promise<readonly Enrichment[]> =>
  ((await guest.ask('GET', `/public/shootouts/${id}`)).body['enrichments'] ?? []) as Enrichment[];
const settled = (id: string): Promise<readonly Enrichment[]> =>
  eventually(
    () => enrichments(id),
    (found) => found.length === 3 && found.every(({ status }) => status !== 'PENDING'),
    // Guests may read twice a second.
    { withinMs: 230_000, everyMs: 1000 },
  );
const statuses = (found: readonly Enrichment[]) => Object.fromEntries(found.map(({ kind, status }) => [kind, status]));
const kindOf = (found: readonly Enrichment[], kind: string): Enrichment =>
  found.find((each) => each.kind === kind) ?? { kind, status: 'missing' };
const addressOf = (file: File | undefined): string => `${stack.url}/api/v1/media/${file?.mediaKey ?? ''}`;

async function fetched(file: File | undefined): Promise<string> {
  const response = await fetch(`${addressOf(file)}?download=1`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect([response.status, sha256(bytes)]).toEqual([200, file?.sha256]);
  const name = /filename="([A-Za-z0-9._-]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? '';
  writeFileSync(join(folder, name), bytes);
  return name;
}
type Probe = Readonly<{
  format: { duration: string };
  streams: { codec_name: string; duration: string; width?: number; height?: number }[];
  chapters: { start_time: string; tags: { title: string } }[];
}>;
function probe(name: string): Probe {
  const args = ['-v', 'error', '-show_format', '-show_streams', '-show_chapters', '-of', 'json', join(folder, name)];
  return JSON.parse(spawnSync(join(folder, 'ffprobe'), args, { encoding: 'utf8' }).stdout) as Probe;
}

describe('montage, video and picture follow', () => {
  let found: readonly Enrichment[];
  let tones: readonly Readonly<{ frames: number; media: Readonly<Record<string, File>>; text: string }>[];
  const all = () => ['montage', 'video', 'picture'].map((kind) => kindOf(found, kind));
  const wantedMs = () => tones.reduce((sum, { frames }) => sum + frames / 48, 0);
  beforeAll(async () => {
    const id = await asked(aTake(220, 6.5), 3000);
    expect(await rendered(ada, id)).toBe('COMPLETED');
    found = await settled(id);
    tones = (await guest.ask('GET', `/public/shootouts/${id}`)).body['tones'] as typeof tones;
  }, SLOW);

  test('with addresses for everybody who may see the page, and safe names', async () => {
    expect(statuses(found)).toEqual({ montage: 'READY', video: 'READY', picture: 'READY' });
    const names: string[] = [];
    for (const { media } of all()) names.push(await fetched(media));
    expect(names).toEqual(['Three-rigs_montage.flac', 'Three-rigs_video.mp4', 'Three-rigs_picture.png']);
    const png = readFileSync(join(folder, 'Three-rigs_picture.png'));
    expect([png.toString('latin1', 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(['PNG', 1200, 630]);
  });
  test('picture and sound of the video last as long as the montage, and are 1080p', async () => {
    const { format, streams } = probe(await fetched(kindOf(found, 'video').media));
    const montage = probe(await fetched(kindOf(found, 'montage').media));
    for (const { duration } of [format, ...streams.slice(0, 2), montage.format])
      expect(Math.abs(1000 * Number(duration) - wantedMs())).toBeLessThanOrEqual(1);
    expect(streams).toContainEqual(expect.objectContaining({ codec_name: 'h264', width: 1920, height: 1080 }));
    expect(streams).toContainEqual(expect.objectContaining({ codec_name: 'aac' }));
  });
  test('the chapters in the file are those of the page, and there as text', async () => {
    const [montage, video] = all();
    expect(video?.chapters).toHaveLength(6);
    expect(montage?.chapters).toEqual(video?.chapters);
    const read = probe(await fetched(video?.media)).chapters.map(({ start_time, tags }) => {
      return { label: tags.title, startMs: Math.round(1000 * Number(start_time)) };
    });
    expect(read).toEqual(video?.chapters);
    expect(readFileSync(join(folder, await fetched(montage?.chaptersFile)), 'utf8')).toMatch(/^0:00 Tone = 1; "hot"\n/);
  });
  test('tone.json and, as this stack was asked to, Opus stand beside each tone', async () => {
    for (const { text, media } of tones) {
      expect(text).toMatch(/\.$/);
      expect(media['data']?.bytes).toBeLessThanOrEqual(12 * 1024);
      expect(probe(await fetched(media['opus'])).streams).toHaveLength(1);
    }
  });
});

test(
  'ranges, other sizes and what is private are as for every file of the page',
  async () => {
    const id = await asked(aTake(233));
    expect(await rendered(ada, id)).toBe('COMPLETED');
    const { media } = kindOf(await settled(id), 'video');
    const part = await fetch(addressOf(media), { headers: { range: 'bytes=4-7' } });
    expect([part.status, await part.text(), part.headers.get('content-type')]).toEqual([206, 'ftyp', 'video/mp4']);
    const lock = { 'if-match': `"${String((await ada.ask('GET', `/shootouts/${id}`)).body['version'])}"` };
    await ada.ask('PUT', `/shootouts/${id}/visibility`, { body: { visibility: 'private' }, headers: lock });
    expect((await fetch(addressOf(media))).status).toBe(404);
  },
  SLOW,
);

/** What the event stream tells of enrichments until one of this kind has this status. */
async function toldUntil(id: string, wanted: Readonly<{ kind: string; status: string }>): Promise<string> {
  const response = await fetch(`${stack.url}/api/v1/events?topics=shootout:${id}`, { headers: ada.headers });
  const reader = response.body?.getReader();
  let text = '';
  while (!text.includes(`event: enrichment.changed\ndata: ${JSON.stringify(wanted)}`)) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) throw new Error(`the stream ended: ${text}`);
    text += new TextDecoder().decode(value);
  }
  await reader?.cancel();
  return text;
}

test(
  'a video that cannot be made leaves the shootout complete, is told, and comes when asked for again',
  async () => {
    writeFileSync(broken, '');
    const id = await asked(aTake(247));
    const failed = toldUntil(id, { kind: 'video', status: 'FAILED' });
    expect(await rendered(ada, id)).toBe('COMPLETED');
    await failed;
    expect(statuses(await settled(id))).toEqual({ montage: 'READY', video: 'FAILED', picture: 'READY' });
    expect((await ada.ask('GET', `/shootouts/${id}`)).body['status']).toBe('COMPLETED');
    rmSync(broken);
    const retry = (kind: string) => ada.post(`/shootouts/${id}/enrichments/${kind}/retry`);
    const ready = toldUntil(id, { kind: 'video', status: 'READY' });
    expect(await retry('video')).toMatchObject({ status: 202, body: { kind: 'video', status: 'PENDING' } });
    await ready;
    expect(kindOf(await settled(id), 'video').status).toBe('READY');
    expect(await retry('video')).toMatchObject({ status: 409, code: 'SHOOTOUT.ENRICHMENT_NOT_FAILED' });
    expect(await retry('karaoke')).toMatchObject({ status: 404 });
  },
  SLOW,
);

test(
  'rendering that is killed in the middle of a video takes it up again, once',
  async () => {
    const id = await asked(RIFF);
    expect(await rendered(ada, id)).toBe('COMPLETED');
    const tmp = join(stack.dataDir, 'tmp', 'rendering');
    const isFilming = () => spawnSync('sh', ['-c', `ls ${tmp}/*/video.mp4`]).status === 0;
    await eventually(isFilming, (now) => now, { everyMs: 20 });
    process.kill(stack.facts().pids['rendering'] ?? 0, 'SIGKILL');
    expect(statuses(await settled(id))).toEqual({ montage: 'READY', video: 'READY', picture: 'READY' });
    await fetched(kindOf(await enrichments(id), 'video').media);
    expect(spawnSync('sh', ['-c', `ls ${tmp}`], { encoding: 'utf8' }).stdout).toBe('');
    expect(existsSync(tmp)).toBe(true);
  },
  SLOW,
);
