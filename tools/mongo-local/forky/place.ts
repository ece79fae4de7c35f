import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { STORE_USER } from './unpack.ts';

const BIN = '/usr/lib/postgresql/18/bin';

/** Where PostgreSQL's programs lie, and how they are run there. Paths of the server are as it sees them. */
export type Place = Readonly<{
  /** What the server takes for `/`. */
  root: string;
  command: (program: string, args: readonly string[]) => readonly [string, readonly string[]];
  /** The path by which we reach a file of the running server. */
  reach: (pid: number, path: string) => string;
  /** Gives a folder to the server's user. */
  give: (path: string) => void;
}>;

/** An unpacked tree that the server takes for the whole file system. We are root, it is not. */
export const inTree = (root: string): Place => ({
  root,
  command: (program, args) => [
    'chroot',
    [`--userspec=${STORE_USER}:${STORE_USER}`, root, `${BIN}/${program}`, ...args],
  ],
  // Through /proc the path stays short, wherever the tree lies: addresses of sockets end at 107 bytes.
  reach: (pid, path) => `/proc/${pid}/root${path}`,
  give: (path) => chownSync(join(root, path), STORE_USER, STORE_USER),
});

/** The tree is the system itself, as in an image: nothing changes hands. */
export const onSystem: Place = {
  root: '/',
  command: (program, args) => [`${BIN}/${program}`, args],
  reach: (_, path) => path,
  give: () => {},
};
