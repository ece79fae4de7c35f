import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

/** User and group of the server inside the tree. */
export const STORE_USER = 65_531;
/** What a server never reads: a third of the files. */
const NEEDLESS = ['doc', 'man', 'locale', 'info', 'i18n', 'fonts', 'lintian', 'zsh', 'bash-completion'];
const AT_ONCE = 2;
const DEVICES = { null: '3', zero: '5', urandom: '9' };

async function unpackOne(file: string, root: string): Promise<void> {
  const packed = spawn('dpkg-deb', ['--fsys-tarfile', file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const excluded = NEEDLESS.map((name) => `--exclude=./usr/share/${name}`);
  const flags = ['-x', '-C', root, '--keep-directory-symlink', '--no-same-owner', ...excluded];
  const tar = spawn('tar', flags, { stdio: [packed.stdout, 'ignore', 'inherit'] });
  await Promise.all([once(packed, 'exit'), once(tar, 'exit')]);
  if (packed.exitCode !== 0 || tar.exitCode !== 0) throw new Error(`${file} does not unpack`);
}

async function unpackAll(files: readonly string[], root: string): Promise<void> {
  const waiting = [...files];
  const work = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) await unpackOne(file, root);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** What the scripts of the packages would have made. */
async function complete(root: string): Promise<void> {
  symlinkSync('postgis-3.control', join(root, 'usr/share/postgresql/18/extension/postgis.control'));
  const users = (group: boolean) =>
    group
      ? `root:x:0:\nstore:x:${STORE_USER}:\n`
      : `root:x:0:0::/:/bin/sh\nstore:x:${STORE_USER}:${STORE_USER}::/data:/bin/sh\n`;
  writeFileSync(join(root, 'etc/passwd'), users(false));
  writeFileSync(join(root, 'etc/group'), users(true));
  for (const folder of ['data', 'sock', 'proc', 'dev', 'tmp']) mkdirSync(join(root, folder), { recursive: true });
  for (const folder of ['data', 'sock', 'tmp']) chownSync(join(root, folder), STORE_USER, STORE_USER);
  for (const [name, minor] of Object.entries(DEVICES)) {
    await run('mknod', ['-m', '666', join(root, 'dev', name), 'c', '1', minor]);
  }
  await run('chroot', [root, '/sbin/ldconfig']);
}

/** Unpacks packages into a folder that a server can be started in; no script of a package runs. */
export async function unpack(files: readonly string[], root: string): Promise<void> {
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', folder), { recursive: true });
    // Before unpacking: a package may carry files below the old names.
    symlinkSync(`usr/${folder}`, join(root, folder));
  }
  await unpackAll(files, root);
  await complete(root);
}
