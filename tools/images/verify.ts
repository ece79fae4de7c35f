// `npm run images:verify [-- <service>…]`: two clean builds with one digest, size, labels, and nothing inside that a
// service does not need (row 10 of operations.md §7).
import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { ensureBase } from './base.ts';
import { build, digestOf, megabytesOf } from './build.ts';
import { engineEnvironment, type ImageName, IMAGES, must, root, run, say, tagOf, version } from './engine.ts';

const MOST_MB = 180;
const MOST_MB_WITH_FFMPEG = 430;

const TOOLS =
  'sh bash dash busybox npm npx yarn corepack apt apt-get dpkg gcc cc c++ g++ clang make perl python3 curl wget';
const forbidden = new Set(TOOLS.split(' '));

function contents(image: ImageName): readonly string[] {
  const container = must('podman', ['create', tagOf(image)]);
  try {
    return must('sh', ['-c', `podman export ${container} | tar -t`]).split('\n');
  } finally {
    must('podman', ['rm', container]);
  }
}

/** Searches all layers for a text that was in the secrets of the build. */
function holds(image: ImageName, secret: string): boolean {
  const command = `podman save --format oci-archive ${tagOf(image)} | tar -x --to-command='gzip -dcf' | grep -aqF ${secret}`;
  return spawnSync('sh', ['-c', command], { cwd: root, env: engineEnvironment() }).status === 0;
}

const MEDIA = new Set(['ffmpeg', 'ffprobe']);
const nameOf = (file: string): string => file.split('/').at(-1) ?? '';

/** Programs that do not belong into it, and those of media that do or do not. */
function programFaults(image: ImageName): readonly string[] {
  const programs = contents(image).filter((file) => /(^|\/)s?bin\/[^/]+$/.test(file));
  const media = programs.filter((file) => MEDIA.has(nameOf(file)));
  const wanted = image === 'rendering' ? MEDIA.size : 0;
  return [
    ...programs.filter((file) => forbidden.has(nameOf(file))).map((file) => `${file} is inside`),
    ...(media.length === wanted ? [] : [`programs of media: ${media.join(', ') || 'none'}`]),
  ];
}

const RESTRICTED =
  'run --rm --network none --read-only --cap-drop=all --security-opt=no-new-privileges --user 65532:65532 --memory 384m --pids-limit 256 --tmpfs /tmp';
const EX_CONFIG = 78;

/** Confined as in production: without settings a service names them and ends; the health check finds nobody. */
function confinedFaults(image: ImageName): readonly string[] {
  const confined = (...args: readonly string[]) => run('podman', [...RESTRICTED.split(' '), ...args]);
  const started = confined(tagOf(image), '--help');
  const wanted = image === 'ops' ? 0 : EX_CONFIG;
  const checked = confined('--entrypoint', 'node', tagOf(image), '/app/health.cjs');
  return [
    ...(started.status === wanted ? [] : [`confined it ends with ${started.status}: ${started.stderr.slice(-500)}`]),
    ...(checked.status === 1 ? [] : [`its health check says ${checked.status} where nobody listens`]),
  ];
}

const userFaults = (image: ImageName): readonly string[] => {
  const user = must('podman', ['image', 'inspect', '--format', '{{.Config.User}}', tagOf(image)]);
  return user === '65532:65532' ? [] : [`its user is ${user || 'root'}`];
};

const labelFaults = (image: ImageName): readonly string[] => {
  const labels = JSON.parse(
    must('podman', ['image', 'inspect', '--format', '{{json .Labels}}', tagOf(image)]),
  ) as Readonly<Record<string, string>>;
  const wanted = ['title', 'version', 'revision', 'source', 'licenses', 'base.name'];
  const name = (each: string) => `org.opencontainers.image.${each}`;
  return [
    ...wanted.filter((each) => !labels[name(each)]).map((each) => `no label ${name(each)}`),
    ...(labels[name('version')] === version ? [] : [`label of version ${labels[name('version')] ?? 'missing'}`]),
  ];
};

function faultsOf(image: ImageName): readonly string[] {
  const canary = `canary-${randomUUID()}`;
  const digests = [1, 2].map(() => build(image, { clean: true, comment: canary }));
  const most = image === 'rendering' ? MOST_MB_WITH_FFMPEG : MOST_MB;
  const size = megabytesOf(tagOf(image));
  return [
    ...(digests[0] === digests[1] ? [] : [`two clean builds differ: ${digests.join(', ')}`]),
    ...(size <= most ? [] : [`${size.toFixed(1)} MB, at most ${most}`]),
    ...programFaults(image),
    ...userFaults(image),
    ...confinedFaults(image),
    ...(holds(image, canary) ? ['a secret of the build stayed in a layer'] : []),
    ...labelFaults(image),
  ];
}

function main(args: readonly string[]): void {
  ensureBase();
  for (const image of IMAGES.filter((each) => args.length === 0 || args.includes(each))) {
    const start = performance.now();
    const faults = faultsOf(image);
    const facts = `${megabytesOf(tagOf(image)).toFixed(1)} MB ${digestOf(tagOf(image))}`;
    say(
      `${faults.length === 0 ? 'ok  ' : 'FAIL'} ${image} ${facts} ${((performance.now() - start) / 1000).toFixed(0)} s`,
    );
    for (const fault of faults) say(`     ${fault}`);
    if (faults.length > 0) process.exitCode = 1;
  }
}

main(process.argv.slice(2));
