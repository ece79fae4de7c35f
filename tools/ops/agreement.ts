// What operations files and code say about the same thing, compared. Every function answers the differences.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Topology } from '@gts/contracts';
import { z } from 'zod';
import { type Manifest, ofKind } from './documents.ts';
import { root } from './run-program.ts';
import { workloadsIn } from './workload.ts';

export const text = (file: string): string => readFileSync(join(root, file), 'utf8');
type Lists = Readonly<Record<string, readonly string[]>>;

/** Lists that must hold the same names, each with where it stands. */
export function listFaults(lists: Lists): readonly string[] {
  const all = new Set(Object.values(lists).flat());
  return Object.entries(lists).flatMap(([where, names]) =>
    [...all].filter((name) => !names.includes(name)).map((name) => `${where} has no ${name}`),
  );
}

/** Folders under services/ that become processes. */
export const serviceFolders = (): readonly string[] =>
  globSync('services/*/src/main.ts', { cwd: root })
    .map((file) => file.split('/')[1] ?? '')
    .filter((name) => existsSync(join(root, 'services', name, 'src/config.ts')))
    .toSorted();

/** Manifests of all packages of the repository. */
export const workspaces = (): readonly string[] => globSync('{libs,services}/*/package.json', { cwd: root }).toSorted();

const scaledObject = z.looseObject({
  triggers: z
    .array(
      z.looseObject({
        metadata: z.looseObject({ stream: z.string(), consumer: z.string(), lagThreshold: z.string() }),
      }),
    )
    .length(1),
});
/** The scaler looks at a durable that the topology makes, and asks for one replica per full set of workers. */
export function scalerFaults(manifests: readonly Manifest[], topology: Topology, workers: number): readonly string[] {
  return ofKind(manifests, 'ScaledObject')
    .flatMap((each) => scaledObject.parse(each['spec']).triggers)
    .flatMap(({ metadata: { stream, consumer, lagThreshold } }) => [
      ...(topology.consumers.some((each) => each.stream === stream && each.durable === consumer)
        ? []
        : [`no durable ${consumer} on ${stream}`]),
      ...(Number(lagThreshold) === workers ? [] : [`lagThreshold ${lagThreshold}, RENDER_WORKERS ${workers}`]),
    ]);
}

type Streams = Topology['streams'];
const ROOM = 1.25;
/** The broker reserves every `max_bytes`: their sum and a quarter more must fit into what it may take. */
export function streamFaults(streams: Streams, limits: Readonly<{ file: number; memory: number }>): readonly string[] {
  const sum = (storage: string) =>
    streams.filter((each) => each.storage === storage).reduce((bytes, { maxBytes }) => bytes + maxBytes, 0);
  return [
    ...streams.filter(({ maxBytes }) => !(maxBytes > 0)).map(({ name }) => `${name} has no max_bytes`),
    ...(['file', 'memory'] as const)
      .filter((storage) => sum(storage) * ROOM > limits[storage])
      .map((storage) => `streams in ${storage} reserve ${sum(storage)} bytes of ${limits[storage]}`),
  ];
}

const UNITS: Readonly<Record<string, number>> = { '': 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };
/** A size of the broker's configuration in bytes. @throws Error where it is not set */
export function brokerLimit(config: string, key: 'max_file' | 'max_mem' | 'max_payload'): number {
  const [, number, unit = ''] = new RegExp(`\\b${key}: *"?(\\d+) *([KMGT]B)?`).exec(config) ?? [];
  if (number === undefined) throw new Error(`the broker's configuration sets no ${key}`);
  return Number(number) * (UNITS[unit] ?? NaN);
}

/** Tags and names that carry the version of the release. */
export const versionsIn = (manifests: readonly Manifest[]): readonly string[] =>
  workloadsIn(manifests).flatMap(({ kind, name, container: { image } }) => [
    image.split(':').at(-1) ?? '',
    ...(kind === 'Job' ? [name.split('-').slice(-3).join('.')] : []),
  ]);
export const versionFaults = (version: string, versions: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(versions).flatMap(([where, found]) =>
    [...new Set(found)]
      .filter((each) => each !== version)
      .map((each) => `${where}: ${each}, the release is ${version}`),
  );

/** A database and its user are named as the context. */
export function storeNameFaults(urls: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(urls).flatMap(([context, url]) => {
    const { username, pathname } = new URL(url);
    const name = context.replaceAll('-', '_');
    return username === name && pathname === `/${name}` ? [] : [`${context}: user ${username}, database ${pathname}`];
  });
}
