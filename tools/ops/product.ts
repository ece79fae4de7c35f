// The product as its manifests, compose file, settings and declarations tell of it: what the cross-checks compare.
import { catalogue, declaredServices, topologyOf } from '@gts/contracts';
import type { Shape } from '@gts/nest';
import { settings as gateway } from '../../services/gateway/src/config.ts';
import { settings as gearCatalog } from '../../services/gear-catalog/src/config.ts';
import { settings as identity } from '../../services/identity/src/config.ts';
import { settings as rendering } from '../../services/rendering/src/config.ts';
import { settings as shootouts } from '../../services/shootouts/src/config.ts';
import { settings as signalChains } from '../../services/signal-chains/src/config.ts';
import { text } from './agreement.ts';
import { composeIn } from './compose-file.ts';
import { type Manifest, rendered } from './documents.ts';
import type { Environment } from './environment.ts';
import { type Workload, workloadsIn } from './workload.ts';

export const schemas: Readonly<Record<string, Shape>> = {
  gateway,
  identity,
  'gear-catalog': gearCatalog,
  'signal-chains': signalChains,
  shootouts,
  rendering,
};
/** Every service that is a process. */
export const services = Object.keys(schemas);
/** What each overlay renders to. */
export const overlays: Readonly<Record<string, readonly Manifest[]>> = {
  dev: rendered('k8s/overlays/dev'),
  prod: rendered('k8s/overlays/prod'),
};
export const compose = composeIn('docker-compose.yml');
export const topology = topologyOf(catalogue, declaredServices);

/** Packages that a service names in its manifest. */
export const dependencies = (service: string) =>
  Object.keys((JSON.parse(text(`services/${service}/package.json`)) as { dependencies: object }).dependencies);
/** Settings that name an address outside the cluster; whoever has one needs the way there, nobody else does. */
const OUTSIDE = ['OIDC_PROVIDERS', 'TONE3000_URL'];
/** What a service uses, as its dependencies, its declaration and its settings tell. */
export const usesOf = (service: string) => ({
  store: dependencies(service).includes('@gts/persistence'),
  files: declaredServices.some((each) => each.service === service && each.files !== 'none'),
  world: OUTSIDE.some((name) => name in (schemas[service] ?? {})),
});
/** @throws Error where the overlay has none of this name */
export const workload = (overlay: string, name: string): Workload => {
  const found = workloadsIn(overlays[overlay] ?? []).find((each) => each.name === name);
  if (!found) throw new Error(`${overlay} has no ${name}`);
  return found;
};
export const composeEnvironment = (service: string): Environment =>
  Object.fromEntries(
    Object.entries(compose.services[service]?.environment ?? {}).map(([name, value]) => [name, String(value)]),
  );
