import { errors } from '@gts/kernel';

/** Codes of audio.md §5 that come from a store of bytes; faults are retried, refusals are final. */
export const storeFault = errors('store', {
  full: {
    kind: 'unavailable',
    summary: 'No room for more files.',
    advice: 'Free disk space, or raise the limit of the artefact store.',
    message: () => 'the artefact store is full',
  },
  unavailable: {
    kind: 'unavailable',
    summary: 'The artefact store cannot be reached.',
    advice: 'Look at the folder or bucket that ARTEFACTS_URL names.',
    message: (what: string) => `the artefact store failed: ${what}`,
  },
  too_large: {
    kind: 'invalid',
    summary: 'More bytes came than were allowed.',
    advice: 'Send a smaller file.',
    message: (limit: number) => `at most ${limit} bytes`,
  },
});

export const inputFault = errors('input', {
  corrupt: {
    kind: 'rule-violated',
    summary: 'Stored bytes differ from their hash.',
    advice: 'Upload the file again.',
    message: (sha256: string) => `the bytes of ${sha256} are damaged`,
  },
  missing: {
    kind: 'rule-violated',
    summary: 'A file that is needed is gone.',
    advice: 'Upload the file again.',
    message: (sha256: string) => `the file ${sha256} is gone`,
  },
});

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What a failed system call means to a caller; branded errors pass. */
export function storeError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (!code || !/^E[A-Z]+$/.test(code)) return error;
  return FULL.has(code) ? storeFault.full.with({ cause: error }) : storeFault.unavailable.with({ cause: error }, code);
}
