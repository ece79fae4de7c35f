// The main job of a cluster: its files lie in the broker's object store, no two services share a folder.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gts, healthy } from './support/cli';
import { startStack, type Stack } from './support/stack';
import { cabinet, capture, captureBytes, extensibleTake } from './support/takes';

type Tone = Readonly<{ label: string; sha256: string; file: string; file24: string }>;
type Summary = Readonly<{ tones: readonly Tone[]; rendered: number }>;

const SLOW = 180_000;
const folder = mkdtempSync(join(tmpdir(), 'gts-places-'));
const at = (name: string): string => join(folder, name);
const files: Readonly<Record<string, Uint8Array>> = {
  'take.wav': extensibleTake(),
  'amp.nam': captureBytes(capture(22)),
  'cab.wav': cabinet(24),
  'rig.nam': captureBytes(capture(23)),
};
const chains = ['--chain', `${at('amp.nam')} + ${at('cab.wav')}`, '--chain', at('rig.nam')];
const PLACES: Readonly<Record<'folder' | 'broker', Readonly<Record<string, string>>>> = {
  folder: {},
  broker: { ARTEFACTS_URL: 'nats:artefacts?max=256MiB' },
};

const stacks: Stack[] = [];
/** Hashes of all files of one job, as the client wrote them. */
async function hashesOf(stack: Stack, out: string): Promise<readonly object[]> {
  const ended = await gts(stack.url, 'shootout', '--di', at('take.wav'), '--out', at(out), '--json', ...chains);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const { tones, rendered } = JSON.parse(ended.stdout) as Summary;
  expect(rendered).toBe(2);
  const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  return tones.map(({ label, sha256: said, file, file24 }) => ({ label, said, files: [file, file24].map(sha256) }));
}
async function start(place: keyof typeof PLACES): Promise<Stack> {
  const stack = await startStack({ env: PLACES[place] });
  stacks.push(stack);
  return stack;
}
afterAll(async () => {
  await Promise.all(stacks.map((stack) => stack.stop()));
  rmSync(folder, { recursive: true, force: true });
});

test(
  'files in the broker are the bytes of files in a folder, and no folder holds any',
  async () => {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(at(name), bytes);
    const shared = await start('folder');
    const expected = await hashesOf(shared, 'folder');
    expect(expected).toHaveLength(2);
    const broker = await start('broker');
    expect(await hashesOf(broker, 'broker')).toEqual(expected);
    const hasFolder = ({ dataDir }: Stack) => existsSync(join(dataDir, 'artefacts'));
    expect([shared, broker].map(hasFolder)).toEqual([true, false]);
    expect(await healthy(broker)).toEqual([]);
  },
  SLOW,
);
