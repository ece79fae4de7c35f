/** What the recording of noise sources says: which source sounds where, and whether it is exact. */
export type Verdict = Readonly<{
  /** Sources in the order in which they were heard alone. */
  order: readonly number[];
  /** Frames between them, each run a fade. */
  fades: readonly number[];
  /** Frames that equal their source at the common position to the last bit. */
  exact: number;
}>;

/** Finds the position of the recording in a source by its own samples. */
function locate(recorded: Float32Array, source: Float32Array): number {
  const probe = recorded.findIndex((value) => value !== 0) + 1200;
  for (let frame = 0; frame < source.length - 64; frame++) {
    let k = 0;
    while (k < 64 && recorded[probe + k] === source[frame + k]) k++;
    if (k === 64) return frame - probe;
  }
  throw new Error('the recording does not hold the first source');
}

/** Index of the source that the recorded frame equals exactly. */
function sourceAt(
  recorded: Float32Array,
  sources: readonly Float32Array[],
  at: { frame: number; shift: number },
): number {
  return sources.findIndex((source) => source[at.frame + at.shift] === recorded[at.frame]);
}

export function judge(recorded: Float32Array, sources: readonly Float32Array[]): Verdict {
  const shift = locate(recorded, sources[0] ?? new Float32Array());
  const first = recorded.findIndex((value) => value !== 0) + 1200;
  const last = recorded.findLastIndex((value) => value !== 0) - 1200;
  const order: number[] = [];
  const fades: number[] = [];
  let exact = 0;
  let gap = 0;
  for (let frame = first; frame < last; frame++) {
    const k = sourceAt(recorded, sources, { frame, shift });
    if (k < 0) {
      gap += 1;
      continue;
    }
    if (gap > 0) fades.push(gap);
    gap = 0;
    exact += 1;
    if (order.at(-1) !== k) order.push(k);
  }
  return { order, fades, exact };
}
