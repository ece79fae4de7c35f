import { type ArtefactShelf, artefactShelf, memoryArtefacts } from '@gts/artefacts';
import { credentialHash, csrfToken, type KeyRing, newSecret } from '@gts/auth';
import { AuthoriseRequest, type RpcDef } from '@gts/contracts';
import { type Context, DomainError } from '@gts/kernel';
import type { RpcClient } from '@gts/messaging';
import { silentLogger } from '@gts/observability';
import { anId, manualClock } from '@gts/testing';
import { createFeed } from '../../services/gateway/src/application/events/feed';
import { OpenStreams } from '../../services/gateway/src/application/events/open-streams';
import type { Ports } from '../../services/gateway/src/application/ports';
import { createPrincipals } from '../../services/gateway/src/application/principals';
import { listen } from '../../services/gateway/src/gateway.module';

export type Call = Readonly<{ name: string; data: unknown; ctx: Context }>;
export type Answers = Map<string, (data: never) => unknown>;
const ORIGIN = 'http://localhost:8080';
const keys: KeyRing = [{ id: 'k', key: Buffer.alloc(32, 'k') }];

/** The edge on a real socket, with contexts that answer what a spec says; one that says nothing is away. */
export async function openEdge(settings: Partial<Ports['settings']> = {}) {
  const clock = manualClock();
  const session = newSecret();
  const token = `gts_${newSecret()}`;
  const calls: Call[] = [];
  const answers: Answers = new Map();
  answers.set(AuthoriseRequest.name, ({ kind, credential }: { kind: string; credential: string }) => ({
    principal: principalOf(kind, credential, { session, token }),
  }));
  const rpc = { call: (def: RpcDef, data: unknown, ctx: Context) => answer({ calls, answers }, def, { data, ctx }) };
  const feed = createFeed();
  const shelf = artefactShelf();
  const made = portsOf({ clock, feed, rpc: rpc as unknown as RpcClient, shelf });
  const ports = { ...made, settings: { ...made.settings, ...settings } };
  const edge = await listen(ports, { host: '127.0.0.1', port: 0 });
  const address = `http://127.0.0.1:${edge.port}/api/v1`;
  return {
    ...edge,
    address,
    calls,
    answers,
    feed,
    clock,
    shelf,
    bearer: { authorization: `Bearer ${token}` },
    cookies: {
      cookie: `gts_session=${session}`,
      origin: ORIGIN,
      'x-csrf-token': csrfToken(keys, { kind: 'session', hash: credentialHash(session) }),
    },
    ask: (path: string, init: RequestInit = {}) => ask(`${address}${path}`, init),
  };
}

type Credentials = Readonly<{ session: string; token: string }>;

function principalOf(kind: string, credential: string, { session, token }: Credentials) {
  const person = { userId: anId(1), displayName: 'Ada', isAdmin: false, tenantId: anId(2), role: 'owner' };
  const known = { ...person, kind, expiresAt: '2099-01-01T00:00:00.000Z' };
  if (credential === credentialHash(session)) return { ...known, sessionId: credential };
  return credential === credentialHash(token) ? { ...known, tokenId: anId(3), scopes: ['read'] } : null;
}

type Asked = Readonly<{ data: unknown; ctx: Context }>;

function answer({ calls, answers }: { calls: Call[]; answers: Answers }, { name }: RpcDef, { data, ctx }: Asked) {
  calls.push({ name, data, ctx });
  const say = answers.get(name);
  const away = new DomainError({ kind: 'unavailable', code: 'BUS.NO_RESPONDERS', message: 'nobody is there' });
  return say ? Promise.resolve().then(() => say(data as never)) : Promise.reject(away);
}

type Parts = Pick<Ports, 'clock' | 'feed' | 'rpc'> & Readonly<{ shelf: ArtefactShelf }>;
const nothing = { read: () => Promise.resolve(null) };

const portsOf = ({ clock, feed, rpc, shelf }: Parts): Ports => ({
  settings: { publicUrl: ORIGIN, corsOrigins: [], trustedProxies: [], production: false, version: 'test' },
  clock,
  newId: () => anId(9),
  newSecret,
  rpc,
  wasReplayed: () => false,
  tokens: { forCaller: () => Promise.resolve('internal'), forService: () => Promise.resolve('internal') },
  keys,
  principals: createPrincipals({ rpc, clock, serviceContext: () => Promise.resolve({} as Context) }),
  artefacts: memoryArtefacts({ clock, context: 'gateway', shelf }),
  feed,
  streams: new OpenStreams(),
  web: nothing,
  reference: nothing,
  readiness: () => ({ status: 'ready' }),
  logger: silentLogger,
});

/** A request with everything of its answer that specs look at. */
async function ask(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init);
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const body = (type.includes('json') && text !== '' ? JSON.parse(text) : {}) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body, text, code: body['code'] };
}
