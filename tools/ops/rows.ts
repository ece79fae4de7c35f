// The static rows of operations.md §7. Each is run on what we ship, then on a fixture that it must refuse.
import { newerNats } from '../lib/newer-nats.mjs';
import { composeFaults } from './compose-file.ts';
import { customKindFaults } from './custom-kinds.ts';
import { type Manifest, manifestsIn, OVERLAYS, rendered } from './documents.ts';
import { policies } from './policies.ts';
import {
  alertFaults,
  brokerFaults,
  Missing,
  saidBy,
  shellFaults,
  shellScripts,
  yamlFaults,
  yamlFiles,
} from './programs.ts';
import { unnamedImages } from './release-images.ts';
import { schemaFaults } from './schemas.ts';
import { unknownFields } from './unknown-fields.ts';

type Faults = readonly string[];
export type Row = Readonly<{
  id: number;
  title: string;
  real: () => Faults | Promise<Faults>;
  /** The same check on broken things: each must be found. */
  broken: readonly (() => Faults | Promise<Faults>)[];
}>;

const BROKEN = 'tools/ops/broken';
const folders: Readonly<Record<string, string>> = {
  ...Object.fromEntries(OVERLAYS.map((overlay) => [overlay, `k8s/overlays/${overlay}`])),
  // Every component at once, those that are the operator's choice too.
  everything: 'tools/ops/everything',
};
const kept = new Map<string, readonly Manifest[]>();
function overlay(name: string): readonly Manifest[] {
  const known = kept.get(name) ?? rendered(folders[name] ?? name);
  kept.set(name, known);
  return known;
}
const all = (): readonly Manifest[] => Object.keys(folders).flatMap(overlay);

const caught = (act: () => unknown): Faults => {
  try {
    act();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
};
const ofEvery = async (documents: readonly Manifest[], faultsOf: (each: Manifest) => Faults | Promise<Faults>) =>
  [...new Set((await Promise.all(documents.map(async (each) => faultsOf(each)))).flat())].toSorted();

const policyFaults = (name: string, manifests: readonly Manifest[]): Faults =>
  Object.entries(policies).flatMap(([title, rule]) =>
    rule({ overlay: name, manifests }).map((fault) => `${name}, ${title}: ${fault}`),
  );

const ruleFaults = (title: string, file: string): Faults =>
  policies[title]?.({ overlay: 'prod', manifests: manifestsIn(file) }) ?? [];

const RULES = 'deploy/observability/rules.yaml';
const RULE_TESTS = 'deploy/observability/rules-test.yaml';
const NATS_FOLDER = 'deploy/nats';
const COMPOSE = 'docker-compose.yml';

const composeConfig = (file: string): Faults => saidBy('docker-compose', ['-f', file, 'config', '-q']);

const usualBroker = (): string => process.env['NATS_SERVER'] ?? 'nats-server';
/** That of Debian's next release, which production runs; unpacked where it is not there yet. @throws Missing */
function newerBroker(): string {
  try {
    return newerNats().path;
  } catch (error) {
    throw new Missing(error instanceof Error ? error.message : String(error));
  }
}

/** What a release must not forget; the repository itself names no images. */
export const releaseRow: Row = {
  id: 5,
  title: 'images of a release',
  real: () => unnamedImages(overlay('prod')),
  broken: [
    () => unnamedImages(manifestsIn(`${BROKEN}/policy.yaml`)),
    () => unnamedImages(manifestsIn(`${BROKEN}/unnamed.yaml`)),
  ],
};

export const rows: readonly Row[] = [
  {
    id: 1,
    title: 'render',
    real: () => Object.keys(folders).flatMap((name) => caught(() => overlay(name))),
    broken: [() => caught(() => rendered(`${BROKEN}/render`))],
  },
  {
    id: 2,
    title: 'schema',
    real: () => ofEvery(all(), schemaFaults),
    broken: [() => ofEvery(manifestsIn(`${BROKEN}/schema.yaml`), schemaFaults)],
  },
  {
    id: 3,
    title: 'unknown fields',
    real: () => ofEvery(all(), unknownFields),
    broken: [() => ofEvery(manifestsIn(`${BROKEN}/unknown-field.yaml`), unknownFields)],
  },
  {
    id: 4,
    title: 'custom kinds',
    real: () => ofEvery(all(), customKindFaults),
    broken: [() => ofEvery(manifestsIn(`${BROKEN}/custom-kind.yaml`), customKindFaults)],
  },
  {
    id: 5,
    title: 'policies',
    real: () => Object.keys(folders).flatMap((name) => policyFaults(name, overlay(name))),
    broken: [
      () => policyFaults('prod', manifestsIn(`${BROKEN}/policy.yaml`)),
      // Right in everything else: the rule alone must see it.
      () => ruleFaults('one container a pod', `${BROKEN}/init-container.yaml`),
      () => ruleFaults('known workloads', `${BROKEN}/daemon-set.yaml`),
      () => ruleFaults('known workloads', `${BROKEN}/bare-pod.yaml`),
    ],
  },
  {
    id: 6,
    title: 'compose',
    real: () => composeFaults(COMPOSE),
    broken: [
      () => composeFaults(`${BROKEN}/docker-compose.yml`),
      () => composeFaults(`${BROKEN}/docker-compose-old.yml`),
    ],
  },
  {
    id: 6,
    title: 'compose, by docker-compose',
    real: () => composeConfig(COMPOSE),
    broken: [() => composeConfig(`${BROKEN}/docker-compose.yml`)],
  },
  {
    id: 7,
    title: 'alert rules',
    real: () => alertFaults(RULES, RULE_TESTS),
    broken: [() => alertFaults(`${BROKEN}/rules.yaml`), () => alertFaults(RULES, `${BROKEN}/rules-test.yaml`)],
  },
  {
    id: 8,
    title: 'shell',
    real: () => shellFaults(shellScripts()),
    broken: [() => shellFaults([`${BROKEN}/script.sh`])],
  },
  {
    id: 8,
    title: 'YAML',
    real: () => yamlFaults(yamlFiles()),
    broken: [() => yamlFaults([`${BROKEN}/twice.yaml`])],
  },
  {
    id: 9,
    title: 'broker configuration, nats-server of this machine',
    real: () => brokerFaults(usualBroker(), NATS_FOLDER),
    broken: [() => brokerFaults(usualBroker(), `${BROKEN}/nats`)],
  },
  {
    id: 9,
    title: 'broker configuration, newer nats-server',
    real: () => brokerFaults(newerBroker(), NATS_FOLDER),
    broken: [() => brokerFaults(newerBroker(), `${BROKEN}/nats`)],
  },
];
