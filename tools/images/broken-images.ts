// Tiny images that the checks of images must refuse: else nobody knows that a green check has looked.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './engine.ts';
import { CHECKS, type Faults } from './inside.ts';
import { buildFrom } from './standins.ts';

const BROKEN = 'localhost/gts-broken:planted';
const EMPTY = 'localhost/gts-broken:empty';

/** A shell, root, no label, no node, and a secret that the next layer covers up. */
const containerfile = `FROM scratch
COPY passwd /etc/passwd
COPY sh /bin/sh
COPY secret /root/.npmrc
COPY passwd /root/.npmrc
`;

function buildBroken(secret: string): void {
  buildFrom(BROKEN, containerfile, (folder) => {
    const files = { passwd: 'app:x:65532:65532::/data:/nologin\n', sh: 'a shell', secret: `; ${secret}\n` };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  });
  buildFrom(EMPTY, 'FROM scratch\nCOPY other /other\n', (folder) => writeFileSync(join(folder, 'other'), 'x'));
}

export type Planted = Readonly<{ title: string; find: () => Faults }>;

/** One for each check, and an image in which a search finds nothing at all. */
function plantedWith(secret: string): readonly Planted[] {
  const image = { tag: BROKEN, media: false, exit: 0, most: 0, secret };
  return [
    ...Object.entries(CHECKS).map(([title, check]) => ({ title, find: () => check(image) })),
    { title: 'layers that nobody can search', find: () => CHECKS['secrets']?.({ ...image, tag: EMPTY }) ?? [] },
  ];
}

/** Gives `work` what must be refused; the images are gone afterwards. */
export function withBrokenImages<T>(work: (planted: readonly Planted[]) => T): T {
  const secret = `canary-${randomUUID()}`;
  buildBroken(secret);
  try {
    return work(plantedWith(secret));
  } finally {
    run('podman', ['rmi', '-f', BROKEN, EMPTY]);
  }
}
