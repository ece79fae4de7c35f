import type { SignalChainCreated, SignalChainDeleted } from '@gts/contracts';
import type { Context } from '@gts/kernel';
import type { MessageOf } from '@gts/messaging';
import type { Deps } from './ports';

/** What a chain uses, for "most used" and the counts on gear pages. */
export const noteChainSaved =
  ({ uses }: Deps) =>
  ({ data: { chainId, gearModelIds } }: MessageOf<typeof SignalChainCreated>, ctx: Context): Promise<void> =>
    uses.note(ctx, { chainId, gearModelIds });

export const noteChainDeleted =
  ({ uses }: Deps) =>
  ({ data }: MessageOf<typeof SignalChainDeleted>, ctx: Context): Promise<void> =>
    uses.setActive(ctx, data.chainId, false);

export const noteChainRestored =
  ({ uses }: Deps) =>
  ({ data }: MessageOf<typeof SignalChainDeleted>, ctx: Context): Promise<void> =>
    uses.setActive(ctx, data.chainId, true);
