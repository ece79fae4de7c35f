// Which images a release runs: prod names them by the digests that a build or a push told.
import { isSeq, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Manifest } from './documents.ts';
import { workloadsIn } from './workload.ts';

const DIGEST = /sha256:[0-9a-f]{64}/g;
const NOTHING = `sha256:${'0'.repeat(64)}`;
type Digests = ReadonlyMap<string, string>;

/** Images of a rendered overlay that no build ever made: the zeros that the repository holds. */
export const unnamedImages = (manifests: readonly Manifest[]): readonly string[] =>
  workloadsIn(manifests)
    .filter(({ container: { image } }) => image.endsWith(`@${NOTHING}`) || !/@sha256:[0-9a-f]{64}$/.test(image))
    .map(({ name, container: { image } }) => `${name}: ${image} was never built`);

/**
 * Digests by image in what `npm run images:build` or a push said: a line that holds `gts-<service>` and one digest.
 * @throws Error for two digests of one image
 */
export function digestsIn(text: string): Digests {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name] = /(?:^|[\s/])(gts-[a-z-]+)(?=[\s:@])/.exec(line) ?? [];
    const [digest, ...more] = line.match(DIGEST) ?? [];
    if (name === undefined || digest === undefined || more.length > 0) continue;
    if ((found.get(name) ?? digest) !== digest)
      throw new Error(`${name} has two digests: ${found.get(name)}, ${digest}`);
    found.set(name, digest);
  }
  return found;
}

const entry = z.looseObject({ name: z.string() });

/**
 * A kustomization with the digests of a release in its `images`; comments and all else stay as they were.
 * @param registry where the images were pushed to, for example `registry.example.org`; as it stands when not given
 * @throws Error where an image has no digest, or nobody knows the image that has one
 */
export function withDigests(kustomization: string, digests: Digests, registry?: string): string {
  const document = parseDocument(kustomization);
  const images = document.get('images');
  if (!isSeq(images)) throw new Error('the kustomization names no images');
  const names = z
    .array(entry)
    .parse(images.toJSON())
    .map(({ name }) => name);
  const missing = names.filter((name) => (digests.get(name) ?? NOTHING) === NOTHING);
  const odd = [...digests.keys()].filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`no digest of ${missing.join(', ')}: build or push all of a release`);
  if (odd.length > 0) throw new Error(`no place for ${odd.join(', ')}`);
  for (const [at, name] of names.entries()) {
    document.setIn(['images', at, 'digest'], digests.get(name));
    if (registry !== undefined) document.setIn(['images', at, 'newName'], `${registry}/${name}`);
  }
  return document.toString({ lineWidth: 0, indentSeq: true });
}
