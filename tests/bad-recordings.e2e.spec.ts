import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aTone, wavFile } from '@gts/testing';
import { coverBomb, withBlocks } from './support/flac';
import { type Person, settled, signedIn } from './support/people';
import { type Stack, startStack } from './support/stack';

// api.md §5, rows 61 to 63: recordings that claim, hide or unpack more than they should.
let stack: Stack;
let ada: Person;
const folder = mkdtempSync(join(tmpdir(), 'gts-recordings-'));

beforeAll(async () => {
  stack = await startStack();
  ada = await signedIn(stack.url, 'ada');
}, 180_000);
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const LIMIT_KIB = 512 * 1024;
const CPU_SECONDS = 30;

/** Highest memory that the service ever held, as Linux counts it. */
const peakKib = (): number => {
  const status = readFileSync(`/proc/${stack.facts().pids['rendering']}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]);
};
/** CPU of the service and of the children that it waited for: fields 14 to 17 of proc(5) stat, in ticks of 10 ms. */
const cpuSeconds = (): number => {
  const stat = readFileSync(`/proc/${stack.facts().pids['rendering']}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
};
/** Files that inspection left in its working folder or unjudged. */
const leftBehind = (): string[] => {
  const entries = readdirSync(stack.dataDir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((each) => each.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return paths.filter((path) => /\/(?:quarantine|tmp)\//.test(path.slice(stack.dataDir.length)));
};

type Verdict = { status: string; rejection?: { code: string }; warnings?: readonly string[] };

const PIECE = 16 * 2 ** 20;

/** A DI track of these bytes, sent in as many pieces as it takes. */
async function inspected(bytes: Uint8Array): Promise<Record<string, unknown>> {
  const tus = { 'tus-resumable': '1.0.0' };
  const metadata = `filename ${btoa('take.wav')},purpose ${btoa('di')}`;
  const headers = { ...tus, 'upload-length': String(bytes.length), 'upload-metadata': metadata };
  const created = await ada.ask('POST', '/uploads', { headers });
  const uploadId = created.headers.get('location')?.split('/').at(-1) ?? '';
  const type = { 'content-type': 'application/offset+octet-stream' };
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = { body: new Uint8Array(bytes.subarray(at, at + PIECE)), headers: { ...tus, ...type } };
    const sent = await ada.ask('PATCH', `/uploads/${uploadId}`, {
      ...piece,
      headers: { ...piece.headers, 'upload-offset': String(at) },
    });
    expect(sent.status).toBe(204);
  }
  const { body } = await ada.post('/di-tracks', { uploadId, name: 'Take' });
  await settled(stack.url, ada, `di-track:${String(body['id'])}`);
  return (await ada.ask('GET', `/di-tracks/${String(body['id'])}`)).body;
}

async function judged(bytes: Uint8Array): Promise<string> {
  const before = cpuSeconds();
  const { status, rejection, warnings = [] } = (await inspected(bytes)) as Verdict;
  expect(cpuSeconds() - before).toBeLessThan(CPU_SECONDS);
  expect(peakKib()).toBeLessThanOrEqual(LIMIT_KIB);
  expect((await fetch(`${stack.url}/health/live`)).status).toBe(200);
  return [status, rejection?.code, ...warnings].filter(Boolean).join(' ');
}

/** A file of ffmpeg's own making. */
function made(name: string, args: readonly string[]): Buffer {
  const file = join(folder, name);
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args, file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return readFileSync(file);
}
const TONE = ['-f', 'lavfi', '-i', 'sine=f=220:r=48000'];
const PICTURE = ['-f', 'lavfi', '-i', 'testsrc=s=320x240'];
const video = (name: string, codecs: readonly string[] = []) => made(name, [...PICTURE, ...TONE, '-t', '2', ...codecs]);
const flac = () => made('take.flac', [...TONE, '-t', '2', '-c:a', 'flac']);
const silence = (rate: number, layout: string) =>
  made(`${rate}.flac`, [
    '-f',
    'lavfi',
    '-i',
    `anullsrc=r=${rate}:cl=${layout}`,
    '-t',
    '1800',
    '-compression_level',
    '0',
  ]);

const wav = (says: object) => wavFile({ channels: [aTone(96_000)], says });
const HTML = '<!doctype html><script>fetch("//evil.example")</script>';
const HLS = '#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n';
const FORBIDDEN = 'REJECTED di.container_forbidden';

test.each<[string, () => Uint8Array, string]>([
  ['61: a claim of 4 GiB', () => wav({ dataBytes: 2 ** 32 - 1 }), 'READY wav.truncated'],
  [
    '61: a claim of 4 GiB and no sample',
    () => wav({ dataBytes: 2 ** 32 - 1 }).subarray(0, 44),
    'REJECTED wav.no_audio',
  ],
  ['61: rate 2^31', () => wav({ sampleRate: 2 ** 31 }), 'REJECTED wav.sample_rate'],
  ['62: a page that is a WAV further on', () => Buffer.concat([Buffer.from(HTML), wav({})]), FORBIDDEN],
  ['62: an HLS list', () => Buffer.from(HLS), FORBIDDEN],
  ['62: an HLS list behind a byte order mark', () => Buffer.from(`\u{FEFF}${HLS}`), FORBIDDEN],
  ['62: video with sound, mp4', () => video('v.mp4', ['-c:v', 'mpeg4']), FORBIDDEN],
  ['62: video with sound, mkv', () => video('v.mkv', ['-c:v', 'mpeg4']), FORBIDDEN],
  ['62: video with sound, avi', () => video('v.avi'), FORBIDDEN],
  ['62: video with sound, ogg', () => video('v.ogv', ['-c:v', 'libtheora', '-c:a', 'libvorbis']), FORBIDDEN],
  ['62: video with sound, mpeg', () => video('v.mpg', ['-c:v', 'mpeg2video']), 'REJECTED wav.not_wav'],
  ['63: half an hour of silence', () => silence(48_000, 'mono'), 'REJECTED wav.too_long'],
  ['63: the same at most channels and rate', () => silence(192_000, 'stereo'), 'REJECTED wav.too_long'],
  [
    '63: 50 MiB of tags',
    () => withBlocks(flac(), 4, Array<Buffer>(4).fill(Buffer.alloc(12.5 * 2 ** 20, 'y'))),
    'READY',
  ],
  ['63: a cover of 16,000 × 16,000', () => withBlocks(flac(), 6, [coverBomb(16_000)]), 'READY'],
])(
  '%s',
  async (...[, bytes, expected]) => {
    expect(await judged(bytes())).toBe(expected);
  },
  120_000,
);

test('60 to 63: nothing is left behind', () => {
  expect(leftBehind()).toEqual([]);
});
