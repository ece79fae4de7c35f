import type { CsrfSubject } from '@gts/auth';
import type { Principal } from '@gts/contracts';

/**
 * Who a request stands for. A cookie that stands for nobody any more makes a guest.
 * `binding` is what the CSRF token is bound to; absent where no cookie could be abused.
 */
export type Caller = Readonly<
  { address: string; label: string; binding?: CsrfSubject | undefined } & (
    { kind: 'guest' } | { kind: 'session' | 'token'; principal: Principal }
  )
>;
export type SignedIn = Extract<Caller, { principal: Principal }>;

export const isSignedIn = (caller: Caller): caller is SignedIn => caller.kind !== 'guest';
