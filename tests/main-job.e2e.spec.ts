import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure } from '@gts/audio';
import { freePort, peaksOnly, relativeDb } from '@gts/testing';
import { doctorOf, type Ended, gts, healthy } from './support/cli';
import { definitionOf } from './support/definition';
import { signedIn } from './support/people';
import { decoded, meteredByFfmpeg } from './support/second-meter';
import { startStack, type Stack } from './support/stack';
import { cabinet, capture, captureBytes, extensibleTake, oneTap, recorderTake } from './support/takes';

type Tone = Readonly<{
  label: string;
  integratedLufs: number;
  truePeakDbtp: number;
  gainDb: number;
  samples: number;
  sha256: string;
  file: string;
  file24: string;
}>;
type Summary = Readonly<{
  shootoutId: string;
  url: string;
  targetLufs: number;
  tones: readonly Tone[];
  rendered: number;
  reused: number;
}>;
type Media = Readonly<{ sha256: string; bytes: number }>;
type Manifest = Readonly<{
  levelling: { targetLufs: number; limitedBy?: string };
  tones: readonly Readonly<{
    toneId: string;
    frames: number;
    gainDb: number;
    media: { listen: Media; download: Media };
  }>[];
}>;

const SLOW = 300_000;
const folder = mkdtempSync(join(tmpdir(), 'gts-takes-'));
const at = (name: string): string => join(folder, name);
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

const pedal = capture(21);
const amp = capture(22);
const rig = capture(23);
const cab = cabinet(24);
const recorder = recorderTake();
const extensible = extensibleTake();
const demo = (path: string): Buffer => readFileSync(join(__dirname, '../deploy/demo', path));
const files: Readonly<Record<string, Uint8Array>> = {
  'pedal.nam': captureBytes(pedal),
  'amp.nam': captureBytes(amp),
  'rig.nam': captureBytes(rig),
  'cab.wav': cab,
  'recorder.wav': recorder,
  'extensible.wav': extensible,
  'text.wav': Buffer.from('this is no recording'),
  'broken.nam': Buffer.from('{"version":"0.5.4"}'),
  'riff.wav': demo('di/palm-muted-riff.wav'),
  'clean.nam': demo('captures/clean-daybreak-22.nam'),
  'crunch.nam': demo('captures/crunch-quarryman-45.nam'),
  'lead.nam': demo('captures/high-gain-blackfell-100.nam'),
  'drive.nam': demo('captures/drive-pedal-copper-finch.nam'),
  'open.wav': demo('irs/1x12-open-back.wav'),
  'closed.wav': demo('irs/4x12-dynamic-on-axis.wav'),
  'ribbon.wav': demo('irs/4x12-ribbon-off-axis.wav'),
  'peaks.nam': captureBytes(peaksOnly(0.1)),
  'tap.wav': oneTap(),
};

const ampChain = `${at('amp.nam')} + ${at('cab.wav')}`;
const pedalChain = `${at('pedal.nam')} + ${ampChain}`;
const chains = (...list: string[]) => list.flatMap((each) => ['--chain', each]);

let stack: Stack;
const shootout = (...args: string[]): Promise<Ended> => gts(stack.url, 'shootout', ...args);
async function job(di: string, out: string, list: readonly string[]): Promise<Summary> {
  const ended = await shootout('--di', at(di), '--out', at(out), '--title', out, '--json', ...list);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout.trim().split('\n')).toHaveLength(1);
  return JSON.parse(ended.stdout) as Summary;
}

/** The demo pack, and one tone that is nothing but peaks. */
const demoChains = chains(
  `${at('clean.nam')} + ${at('open.wav')}`,
  `${at('crunch.nam')} + ${at('closed.wav')}`,
  `${at('drive.nam')} + ${at('crunch.nam')} + ${at('ribbon.wav')}`,
  `${at('lead.nam')} + ${at('closed.wav')}`,
  `${at('peaks.nam')} + ${at('tap.wav')}`,
);
const threeChains = chains(ampChain, pedalChain, at('rig.nam'));
const summaries: Record<string, Summary> = {};

beforeAll(async () => {
  for (const [name, bytes] of Object.entries(files)) writeFileSync(at(name), bytes);
  stack = await startStack();
  summaries['recorder'] = await job('recorder.wav', 'recorder', [...threeChains, '--channel', 'right']);
  summaries['extensible'] = await job('extensible.wav', 'extensible', chains(ampChain, at('rig.nam')));
  summaries['demo'] = await job('riff.wav', 'demo', demoChains);
}, SLOW);
afterAll(async () => {
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const summaryOf = (name: string): Summary => summaries[name] ?? ({} as Summary);
const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(at(name), 'manifest.json'), 'utf8')) as Manifest;

const hashes = ({ listen, download }: { listen: Media; download: Media }) => [listen.sha256, download.sha256];
const page = async (id: string) => (await signedIn(stack.url, 'ada')).ask('GET', `/public/shootouts/${id}`);

/** RFC 8785 for what a manifest holds: keys in order, numbers as JavaScript writes them, no space. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

/** The definition's set for each job; file order is tone order. */
const defined = {
  recorder: () =>
    definitionOf(
      recorder,
      [{ captures: [amp], ir: cab }, { captures: [pedal, amp], ir: cab }, { captures: [rig] }],
      'right',
    ),
  extensible: () => definitionOf(extensible, [{ captures: [amp], ir: cab }, { captures: [rig] }]),
} as const;

describe.each(['recorder', 'extensible', 'demo'] as const)('the files of a job on the %s take', (name) => {
  test('every file has the common loudness by a second meter, and clips by neither', () => {
    const { targetLufs, tones } = summaryOf(name);
    const levels: number[] = [];
    for (const file of tones.flatMap((tone) => [tone.file, tone.file24])) {
      const { integrated, truePeak } = meteredByFfmpeg(file);
      levels.push(integrated);
      expect(Math.abs(integrated - targetLufs)).toBeLessThanOrEqual(0.1);
      expect(truePeak).toBeLessThanOrEqual(-0.9);
      expect(measure(decoded(file)).truePeak).toBeLessThanOrEqual(-0.98);
    }
    expect(Math.max(...levels) - Math.min(...levels)).toBeLessThanOrEqual(0.1);
  });

  test('all files are equally long, to the sample', () => {
    const { tones } = summaryOf(name);
    const lengths = tones.flatMap((tone) => [tone.samples, decoded(tone.file).length, decoded(tone.file24).length]);
    expect(new Set(lengths).size).toBe(1);
    expect((lengths[0] ?? NaN) % 4800).toBe(0);
  });

  test('all listening files are equally large, to the byte: their size tells no tone', () => {
    const sizes = summaryOf(name).tones.map((tone) => readFileSync(tone.file).length);
    expect(new Set(sizes).size).toBe(1);
    expect((sizes[0] ?? NaN) % 4096).toBe(0);
  });
});

test('a peaky tone lowers the whole set and is named', () => {
  const { levelling, tones } = manifestOf('demo');
  expect(levelling.targetLufs).toBeLessThan(-14);
  expect(levelling.limitedBy).toBe(tones.at(-1)?.toneId);
  const { targetLufs, tones: levelled } = summaryOf('demo');
  expect(targetLufs).toBe(levelling.targetLufs);
  const peaks = levelled.map(({ truePeakDbtp }) => truePeakDbtp);
  expect(peaks.at(-1)).toBe(Math.max(...peaks));
  expect(peaks.at(-1)).toBeCloseTo(-1, 1);
});

describe.each(['recorder', 'extensible'] as const)('a job on the %s take', (name) => {
  test('the 24-bit file is the float64 definition within −110 dB', () => {
    const { targetLufs, tones } = summaryOf(name);
    const definition = defined[name]();
    expect(targetLufs).toBe(definition.targetLufs);
    expect(tones.map((tone) => tone.gainDb)).toEqual(definition.gainsDb);
    tones.forEach((tone, i) => {
      const reference = definition.tones[i] ?? new Float32Array();
      expect(tone.samples).toBe(reference.length);
      expect(relativeDb(decoded(tone.file24), reference)).toBeLessThan(-110);
    });
  });

  test('the manifest is canonical, hashes to what the page says, and names the files by hash', async () => {
    const { shootoutId, tones, targetLufs } = summaryOf(name);
    const text = readFileSync(join(at(name), 'manifest.json'), 'utf8');
    const manifest = manifestOf(name);
    expect(JSON.stringify(sorted(manifest))).toBe(text);
    expect(sha256(text)).toBe((await page(shootoutId)).body['manifestSha256']);
    expect(manifest.levelling.targetLufs).toBe(targetLufs);
    expect(manifest.tones.map(({ frames, gainDb, media }) => ({ frames, gainDb, media: hashes(media) }))).toEqual(
      tones.map((tone) => ({
        frames: tone.samples,
        gainDb: tone.gainDb,
        media: [sha256(readFileSync(tone.file)), sha256(readFileSync(tone.file24))],
      })),
    );
  });
});

test(
  'the same job again renders nothing, says so, and gives the same bytes',
  async () => {
    const first = summaryOf('recorder');
    expect(first.rendered).toBe(3);
    const again = await job('recorder.wav', 'again', [...threeChains, '--channel', 'right']);
    expect([again.rendered, again.reused]).toEqual([0, 3]);
    expect(again.shootoutId).not.toBe(first.shootoutId);
    again.tones.forEach((tone, i) => {
      const before = first.tones[i];
      expect({ ...tone, file: '', file24: '' }).toEqual({ ...before, file: '', file24: '' });
      expect(readFileSync(tone.file).equals(readFileSync(before?.file ?? ''))).toBe(true);
      expect(readFileSync(tone.file24).equals(readFileSync(before?.file24 ?? ''))).toBe(true);
    });
  },
  SLOW,
);

test(
  'people get a table, and steps beside it',
  async () => {
    const asked = ['--di', at('recorder.wav'), '--out', at('table'), '--channel', 'right', ...threeChains];
    const { code, stdout, stderr } = await shootout(...asked);
    const lines = stdout.trim().split('\n');
    expect(code).toBe(0);
    expect(lines[0]?.split(/ {2,}/)).toEqual(['chain', 'LUFS', 'dBTP', 'gain dB', 'seconds', 'sha256']);
    expect(lines.slice(1, 4).map((line) => line.split(/ {2,}/)[0])).toEqual(['amp + cab', 'pedal + amp + cab', 'rig']);
    for (const tone of summaryOf('recorder').tones) expect(stdout).toContain(tone.sha256);
    expect(stdout).toContain('nothing was rendered again');
    expect(stdout).toContain(`${stack.url}/listen/`);
    for (const word of ['Recording', 'Chains', 'Rendering', 'Downloading']) expect(stderr).toContain(word);
  },
  SLOW,
);

describe('what is wrong is said with the next step', () => {
  const good = ['--di', at('recorder.wav'), '--out', at('refused')];
  const wrongUse: [string, string[], string][] = [
    ['no recording', [], '--di names'],
    ['one chain', [...good, ...chains(ampChain)], 'give --chain twice'],
    ['a loose word', [...good, 'cab.wav', ...threeChains], 'A chain needs --chain'],
    ['an unknown option', [...good, '--chan', 'x'], "Unknown option '--chan'"],
    ['an odd channel', [...good, ...threeChains, '--channel', 'up'], 'left, right or mix'],
    ['a chain without capture', [...good, ...chains(at('cab.wav'), ampChain)], 'a .nam is needed'],
    ['a file of another kind', [...good, ...chains('notes.txt', ampChain)], 'neither a capture (.nam) nor'],
    ['a file that is not there', [...good, ...chains(at('gone.nam'), ampChain)], 'gone.nam cannot be read'],
    ['a recording that is not there', ['--di', at('gone.wav'), ...threeChains], 'gone.wav cannot be read'],
  ];
  test.each(wrongUse)('%s: exit 2 and the help', async (_, args, text) => {
    const ended = await shootout(...args);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toContain(text);
    expect(ended.stderr).toContain('Usage: npm run -s gts -- shootout');
  });

  test('no stack: exit 2 and how to start one', async () => {
    const ended = await gts(`http://localhost:${await freePort()}`, 'doctor');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('start it with npm start');
  });

  test('a recording that is none: exit 4, the code and what to do', async () => {
    const ended = await shootout('--di', at('text.wav'), ...chains(ampChain, pedalChain));
    expect(ended.code).toBe(4);
    expect(ended.stderr).toMatch(/wav\.not_wav/);
    expect(ended.stderr).toContain('Choose another');
  });

  test('another channel of a recording that is there: exit 4, not a wrong tone', async () => {
    const ended = await shootout(...good, ...threeChains, '--channel', 'mix');
    expect(ended.code).toBe(4);
    expect(ended.stderr).toContain('with the channel right: leave --channel out');
  });

  test('a capture that is none: exit 4, the code and the file', async () => {
    const ended = await shootout(...good, ...chains(at('broken.nam'), ampChain));
    expect(ended.code).toBe(4);
    expect(ended.stderr).toMatch(/nam\.schema/);
    expect(ended.stderr).toContain('broken.nam');
  });

  test('no command, help of all and of one: exit 0; an unknown command: exit 2', async () => {
    expect((await gts(stack.url)).stdout).toContain('Usage: npm run -s gts');
    expect(await gts(stack.url, 'dlq', '--help')).toMatchObject({ code: 0, stderr: '' });
    expect((await gts(stack.url, 'sing')).code).toBe(2);
  });
});

test('an operator sees a healthy stack, its outboxes, its sagas', async () => {
  expect(await healthy(stack)).toEqual([]);
  const doctor = await doctorOf(stack, '--json');
  const found = JSON.parse(doctor.stdout) as { level: string; area: string }[];
  const areas = ['machine', 'tools', 'broker', 'topology', 'store', 'services', 'flow', 'artefacts', 'keys'];
  expect([...new Set(found.map(({ area }) => area))].toSorted()).toEqual(areas.toSorted());
  const outbox = JSON.parse((await gts(stack.url, 'outbox', 'status', '--json')).stdout) as { context: string }[];
  expect(outbox.map((each) => each.context)).toContain('shootouts');
  const sagas = JSON.parse((await gts(stack.url, 'saga', 'list', '--json')).stdout) as { id: string; state: string }[];
  expect(sagas.map((each) => each.state)).toContain('completed');
  const one = await gts(stack.url, 'saga', 'show', sagas[0]?.id ?? '');
  expect(JSON.parse(one.stdout)).toMatchObject({ id: sagas[0]?.id, timeline: expect.any(Array) as unknown });
  expect((await gts(stack.url, 'dlq', 'list')).stdout).toBe('no dead letters\n');
});
