/** What a block is to the grammar. */
export type Role = 'pedal' | 'amp' | 'full_rig' | 'ir' | 'post_effect';
export const ROLES: readonly Role[] = ['pedal', 'amp', 'full_rig', 'ir', 'post_effect'];

/** A capture or impulse response at one position of a chain. */
export type GearBlock = Readonly<{ kind: 'gear'; role: Role; gearModelId: string; label?: string | undefined }>;

/** A built-in effect; unset parameters mean the default. `gearModelId` names the room of `reverb_ir`. */
export type EffectBlock = Readonly<{
  kind: 'effect';
  role: 'pedal' | 'post_effect';
  effect: string;
  params?: Readonly<Record<string, number>> | undefined;
  gearModelId?: string | undefined;
  label?: string | undefined;
}>;
export type Block = GearBlock | EffectBlock;

/** One complaint; `pointer` is a JSON pointer into `{blocks: […]}`. */
export type ChainFinding = Readonly<{ code: ChainCode; pointer: string; detail: string; limit?: number | string }>;

/** Closed list of what can be wrong with a chain. */
export type ChainCode =
  | 'NO_AMP'
  | 'MULTIPLE_AMPS'
  | 'IR_REQUIRED'
  | 'IR_FORBIDDEN'
  | 'MULTIPLE_IRS'
  | 'INVALID_ORDER'
  | 'TOO_MANY_BLOCKS'
  | 'TOO_MANY_CAPTURES'
  | 'GEAR_MODEL_UNKNOWN'
  | 'GEAR_MODEL_UNUSABLE'
  | 'GEAR_ROLE_MISMATCH'
  | 'EFFECT_UNKNOWN'
  | 'EFFECT_PLACEMENT'
  | 'PARAM_UNKNOWN'
  | 'PARAM_OUT_OF_RANGE';

export const MOST_BLOCKS = 12;
export const MOST_CAPTURES = 4;

/** Ids of all models that a chain needs, each once, in chain order. */
export const modelIdsOf = <B extends Pick<Block, 'gearModelId'>>(blocks: readonly B[]) =>
  [...new Set(blocks.flatMap(({ gearModelId }) => (gearModelId === undefined ? [] : [gearModelId])))] as NonNullable<
    B['gearModelId']
  >[];
