import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export type Labels = Readonly<Record<string, string | number>>;

/** Numbers about the process; names as in delivery.md §13, never an id or a tenant in a label. */
export interface Metrics {
  count(name: string, labels?: Labels, by?: number): void;
  gauge(name: string, value: number, labels?: Labels): void;
  /** Seconds, unless the name says otherwise. */
  observe(name: string, value: number, labels?: Labels): void;
}
export type PrometheusMetrics = Metrics & { /** The text exposition format. */ text(): Promise<string> };

const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Metrics kept in a registry of their own; an instrument is made when its name is first used. */
export function prometheusMetrics(service: string): PrometheusMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const kept = new Map<string, Counter | Gauge | Histogram>();
  const instrument = <T extends Counter | Gauge | Histogram>(name: string, make: () => T): T => {
    const known = kept.get(name) as T | undefined;
    if (known) return known;
    const made = make();
    kept.set(name, made);
    return made;
  };
  const shape = (name: string, labels: Labels) => ({
    name,
    help: name.replaceAll('_', ' '),
    labelNames: Object.keys(labels),
    registers: [registry],
  });
  return {
    count: (name, labels = {}, by = 1) => instrument(name, () => new Counter(shape(name, labels))).inc(labels, by),
    gauge: (name, value, labels = {}) => instrument(name, () => new Gauge(shape(name, labels))).set(labels, value),
    observe: (name, value, labels = {}) =>
      instrument(name, () => new Histogram({ ...shape(name, labels), buckets: SECONDS })).observe(labels, value),
    text: () => registry.metrics(),
  };
}

/** Counts nothing: for tests and tools. */
export const noMetrics: Metrics = { count: () => undefined, gauge: () => undefined, observe: () => undefined };
