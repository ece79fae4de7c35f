// What compose hands to the build of an image, against the release and the base that deploy/images.lock names.
import type { ComposeFile } from './compose-file.ts';

const OURS = /^localhost\/gts-([\w-]+):/;

type Built = Readonly<{ name: string; image: string; args: Readonly<Record<string, string>> }>;

/** Services of which compose builds the image, in order of their names. */
const builtIn = ({ services }: ComposeFile): readonly Built[] =>
  Object.entries(services)
    .flatMap(([name, { image, build }]) => (build ? [{ name, image, args: build.args }] : []))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** Arguments that make another image than the one that is named. */
export function argumentFaults(compose: ComposeFile, version: string): readonly string[] {
  return builtIn(compose).flatMap(({ name, image, args }) => {
    const wanted = { SERVICE: OURS.exec(image)?.[1] ?? '', VERSION: version };
    const wrong = Object.entries(wanted).filter(([arg, value]) => args[arg] !== value);
    return [
      ...wrong.map(([arg, value]) => `${name}: ${arg} is ${args[arg] ?? 'missing'}, not ${value}`),
      ...(args['REVISION'] === undefined ? [`${name}: REVISION is missing`] : []),
    ];
  });
}

type Bases = Readonly<{ lock: string; dockerfile: string; node: string }>;

/** Bases that differ between lock, Dockerfile and compose, or have another Node than `node`. */
export function baseFaults(compose: ComposeFile, { lock, dockerfile, node }: Bases): readonly string[] {
  const locked = /^NODE_IMAGE=(\S+)$/m.exec(lock)?.[1] ?? 'nothing';
  const places = {
    'deploy/Dockerfile': /^ARG NODE_IMAGE=(\S+)$/m.exec(dockerfile)?.[1],
    ...Object.fromEntries(builtIn(compose).map(({ name, args }) => [`compose, ${name}`, args['NODE_IMAGE']])),
  };
  const other = Object.entries(places).filter(([, base]) => base !== locked);
  return [
    ...(other.length === 0
      ? []
      : [
          `deploy/images.lock says ${locked}, not so ${other.map(([place, base]) => `${place}: ${base ?? 'none'}`).join(', ')}`,
        ]),
    ...(locked.startsWith(`node:${node}-`) ? [] : [`deploy/images.lock says ${locked}, package.json Node ${node}`]),
  ];
}
