import { serviceSubject, type TokenMinter, userSubject } from '@gts/auth';
import { GUEST, SYSTEM_TENANT } from '@gts/kernel';
import { isSignedIn } from '../application/caller';
import type { Tokens } from '../application/ports';
import { scopesOf } from '../application/scopes';

/** Internal tokens in the name of people, and of the gateway where nobody caused the call. */
export const internalTokens = (mint: TokenMinter): Tokens => ({
  forCaller: (caller) =>
    mint({
      sub: userSubject(isSignedIn(caller) ? caller.principal.userId : GUEST),
      tenant: isSignedIn(caller) ? caller.principal.tenantId : SYSTEM_TENANT,
      scopes: scopesOf(caller),
    }),
  forService: () => mint({ sub: serviceSubject('gateway'), tenant: SYSTEM_TENANT, scopes: [] }),
});
