import { errors } from '@gts/kernel';

/** The refusals of this context; `docs/errors.md` is generated from them. */
export const refuse = errors('GEAR', {
  GEAR_NOT_FOUND: {
    kind: 'not-found',
    summary: 'No such gear, or it belongs to another workspace.',
    advice: 'Search the catalogue again.',
    message: () => 'there is no such gear',
  },
  GEAR_MODEL_UNKNOWN: {
    kind: 'not-found',
    summary: 'No such model, or it belongs to another workspace.',
    advice: 'Choose a model that the catalogue shows you.',
    message: () => 'there is no such gear model',
  },
  CHECKSUM_MISMATCH: {
    kind: 'rule-violated',
    summary: 'The stored bytes have another hash or length than announced.',
    advice: 'Upload the file again.',
    message: () => 'the file that arrived is not the one announced',
  },
  FILE_NOT_STAGED: {
    kind: 'conflict',
    summary: 'The file was not uploaded, or more than an hour ago.',
    advice: 'PUT the file again, then repeat this request.',
    message: (sha256: string) => `upload the file ${sha256.slice(0, 12)} first: PUT /files/{sha256}`,
  },
  DUPLICATE_FILE: {
    kind: 'conflict',
    summary: 'The workspace has this file already.',
    advice: 'Use the gear that has it.',
    message: (name: string) => `this file is already here as "${name}"`,
  },
  FILE_REJECTED: {
    kind: 'rule-violated',
    summary: 'The file cannot be used; the finding says why.',
    advice: 'Fix what the finding names and upload the file again.',
    message: (detail: string) => `the file is refused: ${detail}`,
  },
  GEAR_INVALID: {
    kind: 'rule-violated',
    summary: 'The description of the gear contradicts itself.',
    advice: 'Fix every field that is named.',
    message: (detail: string) => detail,
  },
  GEAR_READ_ONLY: {
    kind: 'conflict',
    summary: 'Gear of the platform is not changed by workspaces.',
    advice: 'Upload your own copy.',
    message: () => 'gear of the platform cannot be changed here',
  },
  LIMIT_REACHED: {
    kind: 'conflict',
    summary: 'The workspace has as much gear as it may have.',
    advice: 'Delete gear that is not needed any more.',
    message: (most: number) => `at most ${most} pieces of gear a workspace`,
  },
  OPERATORS_ONLY: {
    kind: 'forbidden',
    summary: 'Deleted gear is shown to administrators only.',
    advice: 'Leave includeDeleted out.',
    message: () => 'includeDeleted is for administrators',
  },
  GEAR_WITHDRAWN: {
    kind: 'conflict',
    summary: 'The gear was withdrawn; old shootouts keep it, new runs do not get it.',
    advice: 'Replace it in the chain.',
    message: () => 'this gear was withdrawn: replace it',
  },
  MODEL_REJECTED: {
    kind: 'conflict',
    summary: 'The file of the model failed validation.',
    advice: 'Replace it in the chain.',
    message: () => 'the file of this model was refused: replace it',
  },
  MODEL_UNAVAILABLE: {
    kind: 'conflict',
    summary: 'The file of the model is not there.',
    advice: 'Replace it in the chain, or try again later.',
    message: () => 'the file of this model is not available',
  },
});
