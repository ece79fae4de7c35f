import { EFFECTS } from '@gts/chain-rules';
import type { ListEffects, ReplyOf } from '@gts/contracts';

export const listEffects = () => (): ReplyOf<typeof ListEffects> => ({
  items: Object.entries(EFFECTS).map(([effect, { placement, needsGearModel, params }]) => ({
    effect,
    placement: [...placement],
    needsGearModel,
    params: Object.entries(params).map(([name, parameter]) => ({ name, ...parameter })),
  })),
});
