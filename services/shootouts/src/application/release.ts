import type { Context } from '@gts/kernel';
import type { Bytes, Files, Holders } from './ports';

export type ReleaseDeps = Readonly<{ files: Files; holders: Holders }>;

/**
 * Takes this context's mark off what nobody but `holder` needs: equal bytes may belong to another workspace or to a
 * manifest. Who came in between is seen afterwards, while the bytes still lie there, and gets the mark back.
 */
export const releaseFree =
  ({ files, holders }: ReleaseDeps) =>
  async (holder: string, refs: readonly Bytes[], ctx: Context): Promise<void> => {
    for (const ref of refs) {
      if (!(await holders.isFree(ref.sha256, holder, ctx))) continue;
      await files.release([ref], ctx);
      if (!(await holders.isFree(ref.sha256, holder, ctx))) await files.keep([ref], ctx);
    }
  };
