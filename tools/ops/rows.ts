// The static rows of operations.md §7. Each is run on what we ship, then on a fixture that it must refuse.
import { globSync } from 'node:fs';
import { join } from 'node:path';
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
import { root } from './run-program.ts';
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

const RULES = 'deploy/observability/rules.yaml';
const RULE_TESTS = 'deploy/observability/rules-test.yaml';
const NATS_FOLDER = 'deploy/nats';

function composeRow(file: string): Faults {
  const faults = composeFaults(file);
  if (faults.length > 0) return faults;
  try {
    return saidBy('docker-compose', ['-f', file, 'config', '-q']);
  } catch (error) {
    if (error instanceof Missing) return [];
    throw error;
  }
}

/** Brokers on this machine: that of PATH, and newer ones that were unpacked. */
const brokers = (): readonly string[] => [
  process.env['NATS_SERVER'] ?? 'nats-server',
  ...globSync('node_modules/.cache/gts/**/usr/sbin/nats-server', { cwd: root }).map((file) => join(root, file)),
];
const brokerRow = (folder: string): Faults => brokers().flatMap((server) => brokerFaults(server, folder));

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
    broken: [() => policyFaults('prod', manifestsIn(`${BROKEN}/policy.yaml`))],
  },
  {
    id: 6,
    title: 'compose',
    real: () => composeRow('docker-compose.yml'),
    broken: [() => composeRow(`${BROKEN}/docker-compose.yml`), () => composeRow(`${BROKEN}/docker-compose-old.yml`)],
  },
  {
    id: 7,
    title: 'alert rules',
    real: () => alertFaults(RULES, RULE_TESTS),
    broken: [() => alertFaults(`${BROKEN}/rules.yaml`), () => alertFaults(RULES, `${BROKEN}/rules-test.yaml`)],
  },
  {
    id: 8,
    title: 'shell and YAML',
    real: () => [...shellFaults(shellScripts()), ...yamlFaults(yamlFiles())],
    broken: [() => shellFaults([`${BROKEN}/script.sh`]), () => yamlFaults([`${BROKEN}/twice.yaml`])],
  },
  {
    id: 9,
    title: 'broker configuration',
    real: () => brokerRow(NATS_FOLDER),
    broken: [() => brokerRow(`${BROKEN}/nats`)],
  },
];
