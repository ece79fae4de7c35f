/** JSON with sorted keys and a last line feed: the same bytes for the same value. */
export function stableJson(value) {
  const sort = (each) => {
    if (Array.isArray(each)) return each.map(sort);
    if (!each || typeof each !== 'object') return each;
    return Object.fromEntries(
      Object.keys(each)
        .sort()
        .map((key) => [key, sort(each[key])]),
    );
  };
  return `${JSON.stringify(sort(value), null, 2)}\n`;
}
