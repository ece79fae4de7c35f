import { type DomainError, errors, type Kind } from '@gts/kernel';

type Row = Readonly<{ kind: Kind; status: number | null; summary: string; advice: string }>;
const row = (kind: Kind, status: number | null, [summary, advice]: readonly [string, string]): Row => ({
  kind,
  status,
  summary,
  advice,
});
const refused = (status: number | null, summary: string, advice = '') =>
  row('rule-violated', status, [summary, advice]);
const fault = (status: number | null, summary: string, advice = 'Try again; it is retried by itself first.') =>
  row('unavailable', status, [summary, advice]);

const file = {
  not_wav: refused(415, 'The file is no WAV file.', 'Export it as WAV (RIFF), PCM or float.'),
  unsupported: refused(415, 'The WAV file holds no sample format that is read here.', 'Export 16, 24 or 32 bit.'),
  too_large: refused(413, 'The file has too many bytes.', 'Shorten it.'),
  too_long: refused(422, 'The recording lasts too long.', 'Shorten it.'),
  too_short: refused(422, 'The recording is too short.', 'Record at least a second.'),
  no_audio: refused(422, 'The file holds no audio.', 'Export it again.'),
  silent: refused(422, 'The recording is silent.', 'Check the recorded channel.'),
  non_finite: refused(422, 'The samples include NaN or infinity.', 'Export it again.'),
  level: refused(422, 'The level is far above full scale.', 'Normalise it to full scale.'),
  channels: refused(422, 'Only one or two channels are read.', 'Export mono.'),
  sample_rate: refused(422, 'The sample rate is not read here.', 'Export 44.1 or 48 kHz.'),
};
const nam = {
  too_large: refused(413, 'The capture has too many bytes.'),
  not_json: refused(415, 'The capture is no JSON in UTF-8.', 'Download it again.'),
  schema: refused(422, 'A field of the capture is missing or of a wrong type.', 'Download it again.'),
  version: refused(422, 'The file version of the capture is not known.', 'Versions 0.5 to 0.7 are read.'),
  architecture: refused(422, 'No engine plays this architecture.', 'WaveNet and LSTM are played.'),
  weights: refused(422, 'Count or value of the weights is wrong.', 'Download it again.'),
  bounds: refused(422, 'A number of the capture is out of range.'),
  sample_rate: refused(422, 'The sample rate of the capture is not played.'),
  diverges: refused(422, 'The capture answers noise with a runaway output.', 'Train it again.'),
  silent: refused(422, 'The capture answers noise with silence.', 'Train it again.'),
};
const families = {
  wav: file,
  ir: file,
  nam,
  di: {
    container_forbidden: refused(null, 'The container may name other files.', 'Export it as WAV or FLAC.'),
    inspection_timeout: refused(null, 'Nobody inspected the recording in time.', 'Upload it again.'),
  },
  fx: { params: refused(422, 'A parameter of an effect is out of range.') },
  render: {
    non_finite: refused(null, 'A block answered with NaN or infinity.', 'Replace the block.'),
    silent: refused(null, 'The chain answers with silence.', 'Look for a muted block.'),
  },
  input: {
    missing: refused(null, 'A file that the render needs is gone.', 'Upload it again.'),
    corrupt: refused(null, 'The hash of a stored file differs.', 'Upload it again.'),
  },
  engine: {
    timeout: fault(503, 'The engine did not move for too long.'),
    crash: fault(503, 'The engine broke down.'),
    memory: fault(503, 'The capture needs more memory than the engine has.'),
  },
  encoder: { failed: fault(503, 'Encoding failed.'), timeout: fault(503, 'Encoding took too long.') },
  store: {
    unavailable: fault(503, 'The file store does not answer.'),
    full: fault(503, 'The file store is full.', 'Free some space.'),
  },
} as const;

type Families = typeof families;
type CodeOf<F extends keyof Families> = `${F}.${keyof Families[F] & string}`;
/** The closed list of audio.md §5, verbatim as it goes over the wire. */
export type AudioCode = { [F in keyof Families]: CodeOf<F> }[keyof Families];
/** Kind, HTTP status at ingest (null: reported by an event or a state only), summary and advice of one code. */
export type AudioCodeRow = Row & Readonly<{ code: AudioCode }>;

/** Every code with its kind and HTTP status; `kind: 'unavailable'` marks the faults, which are retried. */
export const audioCodes: readonly AudioCodeRow[] = Object.entries(families).flatMap(([family, codes]) =>
  Object.entries(codes as Readonly<Record<string, Row>>).map(([name, entry]) => ({
    code: `${family}.${name}` as AudioCode,
    ...entry,
  })),
);
const byCode = new Map<string, AudioCodeRow>(audioCodes.map((entry) => [entry.code, entry]));

export const isAudioCode = (code: string): code is AudioCode => byCode.has(code);

/** HTTP status at ingest; null where the code is only reported by an event, undefined for foreign codes. */
export const audioStatusOf = (code: string): number | null | undefined => byCode.get(code)?.status;

/** Deterministic refusals are never retried; the others are faults of the machinery. */
export const isAudioRefusal = (code: string): boolean => byCode.get(code)?.kind === 'rule-violated';

// `input.*` and `store.*` are thrown, and so declared, by the artefact store.
const foreign = (family: string) => family === 'input' || family === 'store';
const declared = Object.entries(families).flatMap(([family, codes]) => {
  if (foreign(family)) return [];
  const entries = Object.entries(codes as Readonly<Record<string, Row>>).map(([name, { kind, summary, advice }]) => [
    name,
    { kind, summary, advice, message: (detail: string) => detail },
  ]);
  const table = errors(family, Object.fromEntries(entries) as Record<string, Declared>);
  return Object.values(table).map((make) => [make.code, make] as const);
});
type Declared = { kind: Kind; summary: string; advice: string; message: (detail: string) => string };
const constructors = new Map(declared);

/** Facts beside the text: the `limit` that was passed, which block of the chain, what caused it. */
export type RefusalFacts = Readonly<{ limit?: number | string; blockIndex?: number; cause?: unknown }>;
export type OwnAudioCode = Exclude<AudioCode, `input.${string}` | `store.${string}`>;

/**
 * Makes the error of one code; `detail` tells a person what was found and what is allowed.
 * Kind is `rule-violated` for refusals and `unavailable` for faults, the code stands verbatim, `details` has the facts.
 */
export function audioRefusal(code: OwnAudioCode, detail: string, facts: RefusalFacts = {}): DomainError {
  const make = constructors.get(code);
  if (!make) throw new Error(`not declared here: ${code}`);
  const { cause, ...details } = facts;
  return make.with({ details, ...(cause === undefined ? {} : { cause }) }, detail);
}

/** Things a person should know about a render that is not refused. */
export type AudioWarning =
  'wav.truncated' | 'wav.stereo_left' | 'di.hot' | 'tone.offset' | 'level.low_target' | 'set.mixed_engine';
