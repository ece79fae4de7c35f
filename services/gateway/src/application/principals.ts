import { credentialHash } from '@gts/auth';
import { AuthoriseRequest, type Principal } from '@gts/contracts';
import { type Clock, type Context, epochMsOf } from '@gts/kernel';
import type { RpcClient } from '@gts/messaging';
import { Lru } from './lru';
import type { Principals } from './ports';

const KEPT_MS = 5000;
const MOST_KNOWN = 10_000;
const MOST_UNKNOWN = 1000;

type Deps = Readonly<{ rpc: RpcClient; clock: Clock; serviceContext: () => Promise<Context> }>;
type Kind = 'session' | 'token';
type Known = Readonly<{ at: number; principal: Principal }>;

const keyOf = (kind: Kind, credential: string): string => `${kind}/${credential}`;

/** Asks identity who a credential stands for; one answer serves for 5 s unless an event ends it earlier. */
export function createPrincipals(deps: Deps): Principals {
  const { clock } = deps;
  const known = new Lru<Known>(MOST_KNOWN);
  // Of their own: made-up secrets come in any number and must not push out anybody.
  const unknown = new Lru<number>(MOST_UNKNOWN);
  const asking = new Map<string, Promise<Principal | null>>();
  const isFresh = (at: number) => clock.epochMs() - at < KEPT_MS;
  const ask = asker(deps, { known, unknown, asking });
  return {
    knows: (kind, secret) => known.get(keyOf(kind, credentialHash(secret))) !== undefined,
    async find(kind, secret) {
      const credential = credentialHash(secret);
      const key = keyOf(kind, credential);
      const kept = known.get(key);
      if (!kept && isFresh(unknown.get(key) ?? -Infinity)) return null;
      const principal = kept && isFresh(kept.at) ? kept.principal : await (asking.get(key) ?? ask(kind, credential));
      return principal && epochMsOf(principal.expiresAt) > clock.epochMs() ? principal : null;
    },
    forget(userId) {
      for (const [key, { principal }] of known) if (principal.userId === userId) known.delete(key);
      // An answer that is under way may be older than the event.
      for (const [key, answer] of asking)
        void answer.then((principal) => principal?.userId === userId && known.delete(key)).catch(() => undefined);
    },
  };
}

type Kept = Readonly<{ known: Lru<Known>; unknown: Lru<number>; asking: Map<string, Promise<Principal | null>> }>;

/** Asks once for all who wait for the same answer; what failed is not kept. */
function asker({ rpc, clock, serviceContext }: Deps, { known, unknown, asking }: Kept) {
  const answerOf = async (kind: Kind, credential: string): Promise<Principal | null> => {
    const key = keyOf(kind, credential);
    const at = clock.epochMs();
    try {
      const { principal } = await rpc.call(AuthoriseRequest, { kind, credential }, await serviceContext());
      if (principal) known.set(key, { at, principal });
      else {
        known.delete(key);
        unknown.set(key, at);
      }
      return principal;
    } finally {
      asking.delete(key);
    }
  };
  return (kind: Kind, credential: string): Promise<Principal | null> => {
    const answer = answerOf(kind, credential);
    asking.set(keyOf(kind, credential), answer);
    return answer;
  };
}
