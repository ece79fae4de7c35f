// What is inside an image, by its tag: nothing that a service does not need, nothing of the build's secrets, and it
// lives confined (row 10 of operations.md §7).
import { megabytesOf } from './build.ts';
import { must, run, version } from './engine.ts';

export type Faults = readonly string[];
/** An image and what it is to be. */
export type Looked = Readonly<{ tag: string; media: boolean; exit: number; most: number; secret: string }>;

const TOOLS =
  'sh bash dash busybox npm npx yarn corepack apt apt-get dpkg gcc cc c++ g++ clang make perl python3 curl wget';
const forbidden = new Set(TOOLS.split(' '));

function contents(tag: string): readonly string[] {
  const container = must('podman', ['create', tag, 'none']);
  try {
    return must('sh', ['-c', `podman export ${container} | tar -t`]).split('\n');
  } finally {
    must('podman', ['rm', container]);
  }
}

/** Stands in every image: who does not find it has not searched. */
const CONTROL = 'app:x:65532';

/** Searches all layers for a text that was in the secrets of the build. */
function leakFaults({ tag, secret }: Looked): Faults {
  const each = `tar -x --to-command='gzip -dcf' | grep -aoF -e ${CONTROL} -e ${secret} | sort -u`;
  const { stdout, stderr } = run('sh', ['-c', `podman save --format oci-archive ${tag} | ${each}`]);
  const found = stdout.split('\n');
  return [
    ...(found.includes(CONTROL)
      ? []
      : [`its layers could not be searched: ${stderr.slice(-300) || 'nothing is there'}`]),
    ...(found.includes(secret) ? ['a secret of the build stayed in a layer'] : []),
  ];
}

const MEDIA = new Set(['ffmpeg', 'ffprobe']);
const nameOf = (file: string): string => file.split('/').at(-1) ?? '';

/** Programs that do not belong into it, and those of media that do or do not. */
function programFaults({ tag, media: wantsMedia }: Looked): Faults {
  const programs = contents(tag).filter((file) => /(^|\/)s?bin\/[^/]+$/.test(file));
  const media = programs.filter((file) => MEDIA.has(nameOf(file)));
  const wanted = wantsMedia ? MEDIA.size : 0;
  return [
    ...programs.filter((file) => forbidden.has(nameOf(file))).map((file) => `${file} is inside`),
    ...(media.length === wanted ? [] : [`programs of media: ${media.join(', ') || 'none'}`]),
  ];
}

const RESTRICTED =
  'run --rm --network none --read-only --cap-drop=all --security-opt=no-new-privileges --user 65532:65532 --memory 384m --pids-limit 256 --tmpfs /tmp';

/** Confined as in production: without settings a service names them and ends; the health check finds nobody. */
function confinedFaults({ tag, exit }: Looked): Faults {
  const confined = (...args: readonly string[]) => run('podman', [...RESTRICTED.split(' '), ...args]);
  const started = confined(tag, '--help');
  const checked = confined('--entrypoint', 'node', tag, '/app/health.cjs');
  return [
    ...(started.status === exit ? [] : [`confined it ends with ${started.status}: ${started.stderr.slice(-500)}`]),
    ...(checked.status === 1 ? [] : [`its health check says ${checked.status} where nobody listens`]),
  ];
}

const userFaults = ({ tag }: Looked): Faults => {
  const user = must('podman', ['image', 'inspect', '--format', '{{.Config.User}}', tag]);
  return user === '65532:65532' ? [] : [`its user is ${user || 'root'}`];
};

const labelFaults = ({ tag }: Looked): Faults => {
  const told = must('podman', ['image', 'inspect', '--format', '{{json .Labels}}', tag]);
  const labels = (JSON.parse(told) ?? {}) as Readonly<Record<string, string>>;
  const wanted = ['title', 'version', 'revision', 'source', 'licenses', 'base.name'];
  const name = (each: string) => `org.opencontainers.image.${each}`;
  return [
    ...wanted.filter((each) => !labels[name(each)]).map((each) => `no label ${name(each)}`),
    ...(labels[name('version')] === version ? [] : [`label of version ${labels[name('version')] ?? 'missing'}`]),
  ];
};

const sizeFaults = ({ tag, most }: Looked): Faults => {
  const size = megabytesOf(tag);
  return size <= most ? [] : [`${size.toFixed(1)} MB, at most ${most}`];
};

/** Every check by itself, so that each can be shown an image that it must refuse. */
export const CHECKS: Readonly<Record<string, (image: Looked) => Faults>> = {
  size: sizeFaults,
  programs: programFaults,
  user: userFaults,
  confinement: confinedFaults,
  secrets: leakFaults,
  labels: labelFaults,
};
