// Images that a machine without a registry cannot pull, assembled from local files under the names that compose asks
// for: the broker of Debian's next release, and the wire server of tools/mongo-local.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { newerNats } from '../lib/newer-nats.mjs';
import { prepareTree } from '../mongo-local/forky/tree.ts';
import { ensureBase } from './base.ts';
import { BASE, cache, imageExists, labelOf, must, progress, root } from './engine.ts';

const NATS = 'docker.io/library/nats:2.15.1';
const MONGO = 'docker.io/library/mongo:8.0';
/** The user of the server inside the tree. */
const STORE_USER = '65531:65531';

const QUIET = '--isolation chroot --pull-never --network host --timestamp 0 --layers'.split(' ');

/** The real one, which somebody could pull: buildah leaves a label on what it built. */
const isPulled = (image: string): boolean => imageExists(image) && labelOf(image, 'io.buildah.version') === '';

/** Builds from a folder that `fill` puts together. */
export function buildFrom(tag: string, containerfile: string, fill: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'gts-image-'));
  try {
    fill(folder);
    writeFileSync(join(folder, 'Containerfile'), containerfile);
    must('buildah', ['bud', ...QUIET, '-t', tag, '-f', join(folder, 'Containerfile'), folder]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function ensureNats(): void {
  if (isPulled(NATS)) return;
  ensureBase();
  const { path } = newerNats();
  const text = `FROM ${BASE}\nCOPY nats-server /usr/local/bin/nats-server\nENTRYPOINT ["/usr/local/bin/nats-server"]\n`;
  buildFrom(NATS, text, (folder) => cpSync(path, join(folder, 'nats-server')));
}

/** PostgreSQL's tree as an image: slow, and the same until its packages change. */
async function treeImage(): Promise<string> {
  const tree = await prepareTree({ folder: join(cache, 'forky'), path: process.env['PATH'] ?? '', log: progress });
  const image = `localhost/gts-forky:${basename(tree)}`;
  if (imageExists(image)) return image;
  const skipped = ['./data', './sock', './proc', './dev'].map((each) => `--exclude=${each}/*`).join(' ');
  must('sh', ['-c', `tar --numeric-owner ${skipped} -C "${tree}" -c . | podman import --quiet - ${image}`]);
  return image;
}

const entry = ['node', '/opt/mongo-local/main.ts', '--listen', '0.0.0.0:27017'];
const behind = ['--uninitiated', '--data', '/data/db', '--'];

/** Takes the variables of the official image; what the official server would get as arguments is let pass. */
export async function ensureMongo(): Promise<void> {
  if (isPulled(MONGO)) return;
  const base = await treeImage();
  const text = `FROM ${base}
COPY node /usr/local/bin/node
COPY opt /opt
COPY --chown=${STORE_USER} empty /data/db
ENV PATH=/usr/local/bin:/usr/bin
EXPOSE 27017
USER ${STORE_USER}
ENTRYPOINT ${JSON.stringify([...entry, ...behind])}
`;
  buildFrom(MONGO, text, (folder) => {
    mkdirSync(join(folder, 'empty'));
    cpSync(join(root, 'node_modules/node/bin/node'), join(folder, 'node'));
    cpSync(join(root, 'tools/mongo-local'), join(folder, 'opt/mongo-local'), { recursive: true });
    cpSync(join(root, 'tools/lib/cache-folder.mjs'), join(folder, 'opt/lib/cache-folder.mjs'));
    cpSync(join(root, 'node_modules/bson'), join(folder, 'opt/node_modules/bson'), { recursive: true });
  });
}
