import { z } from 'zod';
import { instant, sha256, text } from '../schemas';
import { identity, tokenId, whoAmI, empty } from './context';
import { apiTokenScope, apiTokenView, sample, sessionId, sessionView } from './schemas';

/** Body of POST /auth/demo/sign-in; the gateway adds what the cookie stands for. */
export const SignInDemoBody = z.strictObject({ persona: z.enum(['ada', 'ben', 'cleo']) });

export const SignInDemo = identity.command('SignInDemo', {
  mode: 'request',
  version: 1,
  auth: 'public',
  summary: 'Signs a demo person in; the first time it registers the user and the personal workspace.',
  // The gateway draws 256 random bits for the cookie and passes their hash, so no store or log ever holds the secret.
  data: SignInDemoBody.extend({ sessionId, label: text(0, 120) }),
  reply: whoAmI.extend({ session: sessionView }),
  example: { persona: 'ada', sessionId: sample.session.id, label: sample.session.label },
});

export const SignOut = identity.command('SignOut', {
  mode: 'request',
  version: 1,
  auth: 'self',
  summary: 'Ends the session that the caller uses.',
  data: z.strictObject({ sessionId }),
  reply: empty,
  example: { sessionId: sample.session.id },
});

export const RevokeSession = identity.command('RevokeSession', {
  mode: 'request',
  version: 1,
  auth: 'self',
  summary: 'Ends one of the own sessions, wherever it is open.',
  data: z.strictObject({ sessionId }),
  reply: empty,
  example: { sessionId: sample.session.id },
});

export const RevokeAllSessions = identity.command('RevokeAllSessions', {
  mode: 'request',
  version: 1,
  auth: 'self',
  summary: 'Ends every session of the person, this one too.',
  data: empty,
  reply: empty,
  example: {},
});

/** Body of POST /me/api-tokens; the gateway adds session, hash and prefix, and shows the token once. */
export const CreateApiTokenBody = z.strictObject({
  name: text(1, 60),
  scopes: z
    .array(apiTokenScope)
    .min(1, { error: 'out-of-range' })
    .max(4, { error: 'too-many-items' })
    .refine((scopes) => new Set(scopes).size === scopes.length, { error: 'out-of-range' }),
  expiresAt: instant,
});

export const CreateApiToken = identity.command('CreateApiToken', {
  mode: 'request',
  version: 1,
  auth: 'self',
  summary: 'Creates an API token for programs. Its text is shown once and stored nowhere.',
  // The gateway derives the token from its key, tenant, actor and command id (`deriveApiToken` of libs/auth): a replay
  // derives the same text again, and this context only ever sees the hash.
  data: CreateApiTokenBody.extend({ sessionId, hash: sha256, prefix: z.string().regex(/^gts_[A-Za-z0-9_-]{4,12}$/) }),
  reply: apiTokenView,
  example: {
    name: 'cli',
    scopes: ['read', 'write'],
    expiresAt: sample.apiToken.expiresAt,
    sessionId: sample.session.id,
    hash: 'b'.repeat(64),
    prefix: sample.apiToken.prefix,
  },
});

export const RevokeApiToken = identity.command('RevokeApiToken', {
  mode: 'request',
  version: 1,
  auth: 'self',
  summary: 'Ends an API token; effective within 5 s.',
  data: z.strictObject({ tokenId }),
  reply: empty,
  example: { tokenId: sample.tokenId },
});
