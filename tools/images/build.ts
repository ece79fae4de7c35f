// `npm run images:build [-- <service>…] [--twice]`: images by buildah, each with a list of what is in it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BASE_LABEL, ensureBase } from './base.ts';
import { BASE, cache, type ImageName, IMAGES, labelOf, must, root, run, say, tagOf, version } from './engine.ts';
import { sourcesOf } from './sources.ts';

const DEFAULT_REGISTRY = 'https://registry.npmjs.org/';

/** A private CA or registry of this machine goes in by secrets only; without one there are none. */
function secretsOf(folder: string, comment: string): readonly string[] {
  const setting = (name: string) => run('npm', ['config', 'get', name]).stdout.trim();
  const [named, registry] = [setting('cafile'), setting('registry')];
  const ca = ['', 'null', 'undefined'].includes(named) ? (process.env['NODE_EXTRA_CA_CERTS'] ?? '') : named;
  const hasCa = ca !== '';
  if (!hasCa && registry === DEFAULT_REGISTRY && comment === '') return [];
  const npmrc = join(folder, 'npmrc');
  writeFileSync(npmrc, `; ${comment}\n${hasCa ? 'cafile=/run/ca.pem\n' : ''}registry=${registry}\n`, { mode: 0o600 });
  return ['--secret', `id=npmrc,src=${npmrc}`, ...(hasCa ? ['--secret', `id=ca,src=${ca}`] : [])];
}

const SOURCES = 'gts.sources';
/** Digest of everything that goes into an image: sources, base, names. The revision only says where they stood. */
const wantedSources = (image: ImageName): string => sourcesOf(root, `${image} ${version} ${labelOf(BASE, BASE_LABEL)}`);
/** Is the image that has the tag built of what lies here? */
export const isCurrent = (image: ImageName): boolean => labelOf(tagOf(image), SOURCES) === wantedSources(image);

/** `comment` goes into the secrets of the build: nothing of them may be found in the image. */
type BuildOptions = Readonly<{ clean?: boolean; comment?: string }>;

/** Builds one image; answers its digest. @throws Error with the end of the build's log */
export function build(image: ImageName, { clean = false, comment = '' }: BuildOptions = {}): string {
  const tag = tagOf(image);
  const folder = mkdtempSync(join(tmpdir(), 'gts-build-'));
  try {
    const { stdout: revision } = run('git', ['rev-parse', 'HEAD']);
    const settings = `NODE_IMAGE=${BASE} SERVICE=${image} VERSION=${version} REVISION=${revision.trim() || 'unknown'}`;
    const how = 'bud --isolation chroot --pull-never --network host --timestamp 0 --layers --ignorefile .dockerignore';
    must('buildah', [
      ...how.split(' '),
      ...(clean ? ['--no-cache'] : []),
      ...settings.split(' ').flatMap((each) => ['--build-arg', each]),
      ...secretsOf(folder, comment),
      '--label',
      `${SOURCES}=${wantedSources(image)}`,
      ...`-t ${tag} -f deploy/Dockerfile .`.split(' '),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return digestOf(tag);
}
export const digestOf = (tag: string): string => must('podman', ['image', 'inspect', '--format', '{{.Digest}}', tag]);
export const megabytesOf = (tag: string): number =>
  Number(must('podman', ['image', 'inspect', '--format', '{{.Size}}', tag])) / 1e6;

type Bill = { serialNumber?: string; metadata?: { timestamp?: string } };

/** What is in an image, in CycloneDX: the same text for the same lock. */
export function billOf(image: ImageName): string {
  const workspace = image === 'ops' ? 'libs/nest' : `services/${image}`;
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only', '--workspace', workspace];
  const bill = JSON.parse(must('npm', args)) as Bill;
  delete bill.serialNumber;
  if (bill.metadata) delete bill.metadata.timestamp;
  return `${JSON.stringify(bill, null, 2)}\n`;
}

function main(args: readonly string[]): void {
  const wanted = args.filter((each) => !each.startsWith('--'));
  const odd = wanted.find((each) => !IMAGES.some((image) => image === each));
  if (odd !== undefined) throw new Error(`there is no image ${odd}: ${IMAGES.join(', ')}`);
  ensureBase();
  const bills = join(cache, 'images');
  mkdirSync(bills, { recursive: true });
  for (const image of wanted.length > 0 ? IMAGES.filter((each) => wanted.includes(each)) : IMAGES) {
    const start = performance.now();
    const digest = build(image);
    writeFileSync(join(bills, `gts-${image}.cdx.json`), billOf(image));
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    say(`${tagOf(image)}  ${megabytesOf(tagOf(image)).toFixed(1)} MB  ${digest}  ${seconds} s`);
  }
  say(`lists of contents: ${bills}/*.cdx.json`);
}

if (import.meta.main) main(process.argv.slice(2));
