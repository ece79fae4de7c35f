/** Deepest nesting of JSON that travels. */
const MOST_DEPTH = 32;
const forbidden = new Set(['__proto__', 'constructor']);

/** Why a JSON value may not travel; undefined when it may. */
export function unfitJson(value: unknown, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= MOST_DEPTH) return `nested deeper than ${MOST_DEPTH}`;
  for (const key of Object.keys(value)) {
    if (forbidden.has(key)) return `key ${key}`;
    const why = unfitJson((value as Record<string, unknown>)[key], depth + 1);
    if (why !== undefined) return why;
  }
  return undefined;
}
