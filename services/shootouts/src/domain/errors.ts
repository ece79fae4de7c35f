import { errors } from '@gts/kernel';

/** What this context refuses; `docs/errors.md` is generated from it. */
export const refuse = errors('SHOOTOUT', {
  SHOOTOUT_INVALID: {
    kind: 'rule-violated',
    summary: 'A shootout breaks rules; every finding is listed with its place.',
    advice: 'Repair each finding and send it again.',
    message: (findings: number) => `${findings} ${findings === 1 ? 'finding' : 'findings'}, see errors`,
  },
  SHOOTOUT_NOT_EDITABLE: {
    kind: 'conflict',
    summary: 'Only drafts and failed shootouts change.',
    advice: 'Wait for the run, or make a new shootout.',
    message: (status: string) => `a shootout that is ${status} does not change`,
  },
  SHOOTOUT_NOT_RENDERABLE: {
    kind: 'conflict',
    summary: 'Only drafts and failed shootouts are rendered.',
    advice: 'Follow the run that is there.',
    message: (status: string) => `a shootout that is ${status} is not rendered`,
  },
  SHOOTOUT_BUSY: {
    kind: 'conflict',
    summary: 'A shootout that renders cannot be deleted.',
    advice: 'Cancel the run first.',
    message: () => 'this shootout is rendering: cancel it first',
  },
  CHAIN_NOT_READY: {
    kind: 'conflict',
    summary: 'A tone plays a chain that is a draft, broken or gone.',
    advice: 'Repair the chain or replace the tone.',
    message: (labels: string) => `not ready: ${labels}`,
  },
  DI_UNAVAILABLE: {
    kind: 'conflict',
    summary: 'The recording is deleted or not ready.',
    advice: 'Restore the recording or choose another one.',
    message: () => 'the recording of this shootout cannot be used',
  },
  QUOTA_EXCEEDED: {
    kind: 'limited',
    summary: 'Too many runs at once, or too many recordings a day, in this workspace.',
    advice: 'Wait until a run ends, or until tomorrow (UTC).',
    message: (limit: string) => limit,
  },
  LIMIT_REACHED: {
    kind: 'conflict',
    summary: 'The workspace has as many shootouts, or as many bytes of recordings, as it may have.',
    advice: 'Delete what is not needed any more.',
    message: (limit: string) => limit,
  },
  NOTHING_TO_CANCEL: {
    kind: 'conflict',
    summary: 'No run is going on.',
    message: () => 'this shootout is not rendering',
  },
  ALREADY_FINALISED: {
    kind: 'conflict',
    summary: 'The run has ended well already.',
    message: () => 'this shootout is finished',
  },
  LICENCE_FORBIDS_PUBLISHING: {
    kind: 'conflict',
    summary: 'The licence of a capture or impulse response forbids publishing what was made with it.',
    advice: 'Leave it private, or make a shootout without that gear.',
    message: () => 'a licence of its gear forbids publishing',
  },
  TAKEN_DOWN: {
    kind: 'conflict',
    summary: 'An administrator took the shootout down.',
    message: () => 'this shootout was taken down',
  },
  OUTPUT_MISSING: {
    kind: 'rule-violated',
    summary: 'A run ended without the sound of a tone.',
    advice: 'Render again.',
    message: (label: string) => `no sound for "${label}"`,
  },
  LEVEL_MISMATCH: {
    kind: 'rule-violated',
    summary: 'The tones of a run are not equally loud or long.',
    advice: 'Render again; if it stays, tell the operators.',
    message: (label: string) => `"${label}" is not level with the others`,
  },
  ENRICHMENT_NOT_FAILED: {
    kind: 'conflict',
    summary: 'Only a montage, video or picture that could not be made is asked for again.',
    advice: 'Read the page: what is being made comes by itself, what is ready has its address.',
    message: (kind: string) => `the ${kind} has not failed`,
  },
  RUN_UNKNOWN: {
    kind: 'rule-violated',
    summary: 'The results belong to a run that the shootout does not wait for.',
    message: () => 'this is not the run of the shootout',
  },
  SELECTION_UNKNOWN: {
    kind: 'not-found',
    summary: 'The shootout has no such tone.',
    message: () => 'no such tone',
  },
  NOT_FOUND: {
    kind: 'not-found',
    summary: 'Nothing is published here, whatever the reason.',
    message: () => 'not found',
  },
  RESTORE_REFUSED: {
    kind: 'conflict',
    summary: 'It cannot come back: not deleted, deleted too long ago, or its place is taken.',
    message: () => 'only what was deleted within 30 days comes back',
  },
  NOT_PERMITTED: {
    kind: 'forbidden',
    summary: 'Only operators see deleted rows.',
    message: () => 'includeDeleted is for operators',
  },
  OFFSET_MISMATCH: {
    kind: 'conflict',
    summary: 'A chunk does not begin where the upload stands.',
    advice: 'Ask for the offset (HEAD) and go on from there.',
    message: (offset: number) => `the upload stands at ${offset}`,
  },
  UPLOAD_EXPIRED: {
    kind: 'conflict',
    summary: 'The upload took longer than 24 h.',
    advice: 'Begin a new upload.',
    message: () => 'this upload has expired',
  },
  UPLOAD_INCOMPLETE: {
    kind: 'conflict',
    summary: 'Bytes of the upload are missing.',
    advice: 'Send the rest first.',
    message: () => 'this upload is not complete',
  },
  CHECKSUM_MISMATCH: {
    kind: 'rule-violated',
    summary: 'The bytes are not the announced ones.',
    advice: 'Send the chunk again.',
    message: () => 'the bytes do not match their checksum',
  },
  PAYLOAD_TOO_LARGE: {
    kind: 'rule-violated',
    summary: 'More bytes than announced, or than allowed.',
    message: (most: number) => `at most ${most} bytes`,
  },
  DUPLICATE_FILE: {
    kind: 'conflict',
    summary: 'The workspace has a recording made of this file.',
    advice: 'Use the recording that details.diTrackId names.',
    message: (name: string) => `this file is the recording "${name}" already`,
  },
  DI_NOT_READY: {
    kind: 'conflict',
    summary: 'The recording has no sound yet, or none that can be used.',
    message: () => 'this recording is not ready',
  },
  OUTPUTS_PENDING: {
    kind: 'unavailable',
    summary: 'The files of a run are not taken over yet.',
    message: (runId: string) => `files of run ${runId} are being taken over`,
  },
  RIFF_INVALID: {
    kind: 'rule-violated',
    summary: 'A riff lies outside its recording.',
    advice: 'Keep start before end, and end within the recording.',
    message: () => 'a riff lies inside its recording',
  },
});
