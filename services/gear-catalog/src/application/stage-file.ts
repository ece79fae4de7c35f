import type { DataOf, ReplyOf, StageFile } from '@gts/contracts';
import { type Context, durationMs, instantOf } from '@gts/kernel';
import { refuse } from '../domain/errors';
import type { Deps } from './ports';

const KEPT = durationMs('1h');

/** Notes bytes that the gateway has stored, for this person and an hour. */
export const stageFile =
  ({ staged, artefacts, clock }: Deps) =>
  async ({ sha256, bytes }: DataOf<typeof StageFile>, ctx: Context): Promise<ReplyOf<typeof StageFile>> => {
    const stored = await artefacts.stat(sha256);
    if (stored?.bytes !== bytes || !(await artefacts.keep(sha256))) throw refuse.CHECKSUM_MISMATCH();
    const before = await staged.find(ctx, sha256);
    const alreadyStaged = before !== undefined && before.expiresAt > clock.now();
    const expiresAt = instantOf(clock.epochMs() + KEPT);
    await staged.put(ctx, { sha256, bytes, expiresAt });
    return { sha256, bytes, expiresAt, alreadyStaged };
  };
