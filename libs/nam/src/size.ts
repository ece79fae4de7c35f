import { audioRefusal } from '@gts/audio/browser';

/** Far above any real capture: 8 arrays of 64 layers with a dozen values each, twice. */
const MOST_VALUES = 20_000;

type Node = Readonly<Record<string, unknown>> | readonly unknown[];
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/**
 * Counts what stands in a configuration, weights aside, and stops early: schemas look at every value and remember
 * what is wrong with it, which a file of millions of wrong values turns into seconds and gigabytes.
 * @throws `nam.bounds`
 */
export function requireFewValues(config: unknown): void {
  const open: unknown[] = [config];
  for (let seen = 0; open.length > 0;) {
    const node = open.pop();
    if (!isNode(node)) continue;
    const inner = Array.isArray(node) ? node : valuesOf(node as Readonly<Record<string, unknown>>);
    seen += inner.length;
    if (seen > MOST_VALUES)
      throw audioRefusal('nam.bounds', `the configuration holds more than ${MOST_VALUES} values`, {
        limit: MOST_VALUES,
      });
    for (const value of inner) if (isNode(value)) open.push(value);
  }
}

const valuesOf = (node: Readonly<Record<string, unknown>>): readonly unknown[] =>
  Object.entries(node).flatMap(([key, value]) => (key === 'weights' && Array.isArray(value) ? [] : [value]));
