// What the machine must bring: root, a few programs of Debian, its sources and their key.
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const PROGRAMS = ['apt-get', 'dpkg-deb', 'tar', 'chroot', 'mknod'];
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const SOURCES = '/etc/apt/sources.list';

/** Why the wire server cannot run here; told to people in one line. */
export class Unavailable extends Error {}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const has = (program: string, path: string) =>
  [...path.split(delimiter), '/usr/sbin', '/sbin'].some((folder) => isExecutable(join(folder, program)));

/** @throws Unavailable naming the first thing that lacks */
export function checkMachine(path: string): void {
  if (process.platform !== 'linux') throw new Unavailable('it needs Linux');
  if (process.getuid?.() !== 0) throw new Unavailable('it needs root, to run PostgreSQL in a folder of its own');
  const lacking = PROGRAMS.filter((program) => !has(program, path));
  if (lacking.length > 0) throw new Unavailable(`it needs ${lacking.join(', ')} of Debian`);
  if (!existsSync(KEYRING)) throw new Unavailable('it needs the package debian-archive-keyring');
}

const ONE_LINE = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/m;
const DEB822 = /^URIs:\s*(\S+)/m;

function texts(): readonly string[] {
  const folder = `${SOURCES}.d`;
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /\.(?:list|sources)$/.test(name)) : [];
  return [SOURCES, ...files.map((name) => join(folder, name))]
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'));
}

/** The mirror that the machine's own sources name first, if it serves Debian. @throws Unavailable */
export function debianMirror(sources: readonly string[] = texts()): string {
  const mirrors = sources.map((text) => (DEB822.exec(text) ?? ONE_LINE.exec(text))?.[1]);
  const mirror = mirrors.find((each) => each !== undefined && /debian\/?$/.test(each));
  if (!mirror) throw new Unavailable('it needs a Debian mirror among the sources of apt');
  return mirror.replace(/\/$/, '');
}
