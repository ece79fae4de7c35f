/** Told how much is done, 0 to 1, every few milliseconds of long work; may throw, which ends the work. */
export type Tell = (fraction: number) => void;
export const untold: Tell = () => undefined;

/** Tells of a part of the work as of its share of the whole. */
export const partOf =
  (tell: Tell, from: number, to: number): Tell =>
  (fraction) =>
    tell(from + fraction * (to - from));
