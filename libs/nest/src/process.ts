import { connectNats } from '@gts/messaging';
import { type Clock, clockOf, idFactory, type NewId, type Probe, type ServiceName } from '@gts/kernel';
import {
  createLogger,
  type Logger,
  prometheusMetrics,
  type PrometheusMetrics,
  startTelemetry,
} from '@gts/observability';
import type { NatsConnection } from 'nats';
import { drain, type Phase } from './drain';
import { type OpsServer, startOpsServer } from './ops-server';
import { type Readiness, readiness } from './readiness';
import { type CommonSettings, EX_CONFIG, SettingsError, type Shape, unknownSettings } from './settings';

export const VERSION = '0.1.0';

/** What every process has open before its own work begins. */
export type ProcessParts<C> = Readonly<{
  config: C;
  service: ServiceName;
  version: string;
  clock: Clock;
  newId: NewId;
  logger: Logger;
  metrics: PrometheusMetrics;
  readiness: Readiness;
  nc: NatsConnection;
  /** Tests stop a process at a crash point; production has none. */
  probe?: Probe | undefined;
}>;
/** How a started process says that it lives, and how it ends. */
export type Running = Readonly<{
  live: () => boolean;
  /** Called as soon as the end is asked for, while requests are still served. */
  leave?: () => void;
  phases: readonly Phase[];
}>;

export type ProcessSpec<C extends CommonSettings> = Readonly<{
  service: ServiceName;
  /** All that `readConfig` reads: other names of our families are told at the start. */
  settings: Shape;
  readConfig: (env: NodeJS.ProcessEnv) => C;
  start: (parts: ProcessParts<C>) => Promise<Running>;
}>;

export const systemClock = clockOf(() => Date.now()); // oxlint-disable-line eslint/no-restricted-properties -- the one system clock

const { env } = process; // oxlint-disable-line eslint/no-restricted-properties -- handed to config.ts

export function settingsOf<C extends CommonSettings>({
  service,
  readConfig,
}: Pick<ProcessSpec<C>, 'service' | 'readConfig'>): C {
  try {
    return readConfig(env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const line of error.lines) process.stderr.write(`${service}: ${line}\n`);
    return process.exit(EX_CONFIG);
  }
}

/** A test hangs its probe here before the process starts (`node --require`). */
const injectedProbe = (): Probe | undefined =>
  (globalThis as { [key: symbol]: unknown })[Symbol.for('gts.probe')] as Probe | undefined;

export function onFatal(logger: Logger): void {
  const end = (err: unknown) => {
    logger.error({ err }, 'ending: nobody caught this');
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

function observe(service: ServiceName, config: CommonSettings) {
  const telemetry = startTelemetry({
    service,
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    sampleRatio: config.OTEL_TRACES_SAMPLER_ARG,
    file: config.TRACES_FILE,
  });
  const logger = createLogger({ service, version: VERSION, level: config.LOG_LEVEL });
  onFatal(logger);
  return { telemetry, logger, metrics: prometheusMetrics(service) };
}

const lastPhases = (ops: OpsServer, telemetry: ReturnType<typeof startTelemetry>): readonly Phase[] => [
  { name: 'health', budgetMs: 1000, work: ops.close },
  { name: 'telemetry', budgetMs: 1000, work: telemetry.stop },
];

/** Runs one process: settings, log, traces, health, broker, then its own start; drains on a signal. */
export async function runProcess<C extends CommonSettings>(spec: ProcessSpec<C>): Promise<void> {
  const config = settingsOf(spec);
  const { service } = spec;
  const { telemetry, logger, metrics } = observe(service, config);
  const state = readiness(['broker', 'start'], { version: VERSION, clock: systemClock });
  let running: Running = { live: () => true, phases: [] };
  const live = () => running.live();
  const ops = await startOpsServer({
    host: config.OPS_HOST,
    port: config.OPS_PORT,
    readiness: state,
    live,
    metrics: () => metrics.text(),
  });
  logger.info({ opsPort: ops.port }, 'starting');
  const unknown = unknownSettings(spec.settings, env);
  if (unknown.length > 0) logger.warn({ unknown }, 'settings that nobody reads: see libs/nest for the names');
  const last = lastPhases(ops, telemetry);
  drain({
    logger,
    readiness: state,
    delayMs: config.SHUTDOWN_DELAY,
    leave: () => running.leave?.(),
    phases: () => [...running.phases, ...last],
  });
  const { NATS_URL: url, NATS_NKEY: nkey, NATS_CA_FILE: caFile } = config;
  const nc = await connectNats({ service, url, nkey, caFile });
  state.set('broker', undefined);
  const probe = injectedProbe();
  const parts = {
    config,
    service,
    version: VERSION,
    clock: systemClock,
    newId: idFactory(() => systemClock.epochMs()),
    logger,
    metrics,
    readiness: state,
    nc,
    probe,
  };
  const started = await spec.start(parts);
  running = {
    ...started,
    phases: [...started.phases, { name: 'broker connection', budgetMs: 3000, work: () => nc.drain() }],
  };
  state.set('start', undefined);
  logger.info({ node: process.versions.node }, 'ready');
}
