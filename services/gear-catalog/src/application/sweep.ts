import type { Deps } from './ports';

/** Lets go of uploads that nobody used within the hour and of holds that outlived their run. */
export const sweep =
  ({ staged, holds, artefacts, clock }: Deps) =>
  async (): Promise<void> => {
    const now = clock.now();
    for (const sha256 of await staged.expire(now)) await artefacts.delete(sha256);
    await holds.expire(now);
  };
