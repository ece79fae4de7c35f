import { credentialHash } from '@gts/auth';
import { AuthoriseRequest, type Principal } from '@gts/contracts';
import { type Clock, type Context, epochMsOf } from '@gts/kernel';
import type { RpcClient } from '@gts/messaging';
import type { Principals } from './ports';

const KEPT_MS = 5000;
const MOST = 10_000;

type Deps = Readonly<{ rpc: RpcClient; clock: Clock; serviceContext: () => Promise<Context> }>;
type Entry = Readonly<{ at: number; principal: Promise<Principal | null> }>;

/** Asks identity who a credential stands for; one answer serves for 5 s unless an event ends it earlier. */
export function createPrincipals({ rpc, clock, serviceContext }: Deps): Principals {
  const kept = new Map<string, Entry>();
  const ask = async (kind: 'session' | 'token', credential: string): Promise<Principal | null> =>
    (await rpc.call(AuthoriseRequest, { kind, credential }, await serviceContext())).principal;
  const fresh = (key: string): Entry | undefined => {
    const entry = kept.get(key);
    return entry && clock.epochMs() - entry.at < KEPT_MS ? entry : undefined;
  };
  return {
    async find(kind, secret) {
      const credential = credentialHash(secret);
      const key = `${kind}/${credential}`;
      const entry = fresh(key) ?? { at: clock.epochMs(), principal: ask(kind, credential) };
      if (kept.size >= MOST) kept.clear();
      kept.set(key, entry);
      try {
        const principal = await entry.principal;
        return principal && epochMsOf(principal.expiresAt) > clock.epochMs() ? principal : null;
      } catch (error) {
        // What failed is asked again.
        kept.delete(key);
        throw error;
      }
    },
    forget(userId) {
      for (const [key, entry] of kept)
        void entry.principal
          .then((principal) => principal?.userId === userId && kept.delete(key))
          .catch(() => undefined);
    },
  };
}
