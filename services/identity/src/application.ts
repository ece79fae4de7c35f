import { createApiToken, revokeApiToken } from './application/api-tokens';
import { authoriseRequest } from './application/authorise-request';
import { getMe, getPrincipal } from './application/get-principal';
import { getPublicProfiles, listApiTokens, listSessions, listTenants } from './application/lists';
import type { Deps } from './application/ports';
import { revokeAllSessions } from './application/revoke-all-sessions';
import { revokeSession } from './application/revoke-session';
import { signInDemo } from './application/sign-in-demo';

/** Everything this service does: who people are, which workspaces they have, what stands for them. */
export const createApplication = (deps: Deps) => ({
  commands: {
    signInDemo: signInDemo(deps),
    signOut: revokeSession(deps),
    revokeSession: revokeSession(deps),
    revokeAllSessions: revokeAllSessions(deps),
    createApiToken: createApiToken(deps),
    revokeApiToken: revokeApiToken(deps),
  },
  queries: {
    authoriseRequest: authoriseRequest(deps),
    getPrincipal: getPrincipal(deps),
    getMe: getMe(deps),
    listSessions: listSessions(deps),
    listTenants: listTenants(deps),
    listApiTokens: listApiTokens(deps),
    getPublicProfiles: getPublicProfiles(deps),
  },
});
export type Application = ReturnType<typeof createApplication>;
