/** A reason of audio.md §5; `blockIndex` counts from 0 in the tone's blocks. */
export type Failure = Readonly<{
  code: string;
  detail?: string | undefined;
  blockIndex?: number | undefined;
  /** Where one tone of a set is the reason. */
  toneId?: string | undefined;
}>;
