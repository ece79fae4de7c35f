import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { digestsIn, unnamedImages, withDigests } from './release-images.ts';
import { root } from './run-program.ts';

const IMAGES = ['gateway', 'identity', 'gear-catalog', 'signal-chains', 'shootouts', 'rendering', 'ops'];
const prod = readFileSync(join(root, 'k8s/overlays/prod/kustomization.yaml'), 'utf8');
const digest = (nth: number) => `sha256:${String(nth).repeat(64)}`;
/** As `npm run images:build` tells it. */
const told = (names: readonly string[]) =>
  [
    'base localhost/gts-node:24 is there',
    ...names.map((name, at) => `localhost/gts-${name}:0.1.0  139.4 MB  ${digest(at + 1)}  10.6 s`),
    'lists of contents: /root/.cache/gts/images/*.cdx.json',
  ].join('\n');
type Kustomization = Readonly<{ images: readonly Readonly<{ name: string; newName: string; digest: string }>[] }>;

test('what a build told becomes the images of prod, and nothing else changes', () => {
  const written = withDigests(prod, digestsIn(told(IMAGES)), 'registry.test/team');
  const { images, ...rest } = parse(written) as Kustomization;
  const { images: _zeros, ...before } = parse(prod) as Kustomization;
  expect(images).toEqual(
    IMAGES.map((name, at) => ({
      name: `gts-${name}`,
      newName: `registry.test/team/gts-${name}`,
      digest: digest(at + 1),
    })),
  );
  expect(rest).toEqual(before);
  expect(written.match(/#.*/g)).toEqual(prod.match(/#.*/g));
});

test('what a push told is understood too', () => {
  const pushed = `registry.test/gts-ops@${digest(3)}\nregistry.test/gts-ops:0.1.0 ${digest(3)}`;
  expect([...digestsIn(pushed)]).toEqual([['gts-ops', digest(3)]]);
});

test.each([
  ['an image is missing', told(IMAGES.slice(1)), /no digest of gts-/],
  ['zeros', told(IMAGES).replace(digest(1), digest(0)), /no digest of gts-gateway/],
  ['an image that nobody runs', `${told(IMAGES)}\nlocalhost/gts-stranger:1 ${digest(9)}`, /no place for gts-stranger/],
  ['two digests of one image', `${told(IMAGES)}\nlocalhost/gts-ops:1 ${digest(9)}`, /gts-ops has two digests/],
])('refused: %s', (_what, text, why) => {
  expect(() => withDigests(prod, digestsIn(text))).toThrow(why);
});

const deployment = (image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'identity' },
  spec: {
    template: {
      metadata: { labels: {} },
      spec: {
        terminationGracePeriodSeconds: 45,
        containers: [{ image, resources: { requests: {}, limits: {} } }],
      },
    },
  },
});

test('a release with zeros, or with a tag, is refused', () => {
  expect(unnamedImages([deployment(`r/gts-identity@${digest(1)}`)])).toEqual([]);
  for (const image of [`r/gts-identity@${digest(0)}`, 'r/gts-identity:0.1.0'])
    expect(unnamedImages([deployment(image)])).toEqual([`identity: ${image} was never built`]);
});
