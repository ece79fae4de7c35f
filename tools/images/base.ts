// `npm run images:base`: a base image without a registry: Debian by debootstrap, Node and npm from this repository.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BASE, cache, labelOf, must, root, say } from './engine.ts';

const debian = join(cache, 'bookworm');
const PACKAGES = 'ca-certificates';

/** The machine's own mirror: it is the one that can be reached. */
function mirror(): string {
  for (const file of ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list'])
    if (existsSync(file)) {
      const found = /^(?:URIs:|deb(?: \[[^\]]*\])?) *(https?:\/\/\S+)/m.exec(readFileSync(file, 'utf8'))?.[1];
      if (found !== undefined) return found;
    }
  return 'http://deb.debian.org/debian';
}

function bootstrap(): void {
  if (existsSync(debian)) return;
  mkdirSync(cache, { recursive: true });
  const half = `${debian}.half`;
  rmSync(half, { recursive: true, force: true });
  must('debootstrap', ['--variant=minbase', `--include=${PACKAGES}`, 'bookworm', half, mirror()]);
  must('sh', ['-c', `rm -rf "${half}"/var/cache/apt/archives/*.deb "${half}"/var/lib/apt/lists/* "${half}"/var/log/*`]);
  renameSync(half, debian);
}

/** Node of this repository and the npm that runs here: the same that every developer builds with. */
function addNode(): void {
  const binary = join(debian, 'usr/local/bin/node');
  must('install', ['-D', '-m', '0755', join(root, 'node_modules/node/bin/node'), binary]);
  const npm = dirname(dirname(must('sh', ['-c', 'readlink -f "$(command -v npm)"'])));
  const modules = join(debian, 'usr/local/lib/node_modules');
  rmSync(join(modules, 'npm'), { recursive: true, force: true });
  mkdirSync(modules, { recursive: true });
  must('cp', ['-a', npm, join(modules, 'npm')]);
  for (const name of ['npm', 'npx']) {
    const link = join(debian, 'usr/local/bin', name);
    rmSync(link, { force: true });
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, link);
  }
  writeFileSync(join(debian, 'etc/os-release-gts'), `node ${process.versions.node}\n`);
}

/** Says what is in a base. */
export const BASE_LABEL = 'gts.programs';
/** What a base is made anew for. */
function programs(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/node/package.json'), 'utf8')) as Versioned;
  return `node-${version}-npm-${must('npm', ['--version'])}`;
}
type Versioned = Readonly<{ version: string }>;

export function ensureBase(): void {
  const wanted = programs();
  if (labelOf(BASE, BASE_LABEL) === wanted) return;
  bootstrap();
  addNode();
  const label = `--change 'LABEL ${BASE_LABEL}=${wanted}'`;
  must('sh', ['-c', `tar --numeric-owner -C "${debian}" -c . | podman import --quiet ${label} - ${BASE}`]);
}

if (import.meta.main) {
  ensureBase();
  say(`${BASE} ${must('podman', ['image', 'inspect', '--format', '{{.Id}} {{.Size}}', BASE])}`);
}
