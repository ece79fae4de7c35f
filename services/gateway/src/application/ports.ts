import type { Principal } from '@gts/contracts';
import type { Clock, Context, NewId } from '@gts/kernel';
import type { ArtefactStore } from '@gts/artefacts';
import type { KeyRing } from '@gts/auth';
import type { RpcClient } from '@gts/messaging';
import type { Logger } from '@gts/observability';
import type { Caller } from './caller';
import type { Feed } from './events/feed';
import type { OpenStreams } from './events/open-streams';

/** Internal tokens (delivery.md §7), one a caller and workspace, reused while fresh. */
export interface Tokens {
  forCaller(caller: Caller): Promise<string>;
  /** For calls that nobody caused: who is behind this cookie? */
  forService(): Promise<string>;
}

/** Files below one folder; never anything above it. */
export interface StaticFiles {
  read(path: string): Promise<Readonly<{ bytes: Buffer; type: string; hash: string }> | null>;
}

/** Asks identity who a credential stands for; answers are kept at most 5 s. */
export interface Principals {
  find(kind: 'session' | 'token', secret: string): Promise<Principal | null>;
  /** Whether the secret was somebody's when it was asked for last; asks nobody. */
  knows(kind: 'session' | 'token', secret: string): boolean;
  /** After SessionsRevoked and ApiTokenRevoked. */
  forget(userId: string): void;
}

export type Settings = Readonly<{
  publicUrl: string;
  corsOrigins: readonly string[];
  trustedProxies: readonly string[];
  production: boolean;
  version: string;
}>;

/** Everything outside that the edge leans on. */
export type Ports = Readonly<{
  settings: Settings;
  clock: Clock;
  newId: NewId;
  /** 256 random bits for a cookie. */
  newSecret: () => string;
  rpc: RpcClient;
  /** Whether the answer of the last call under this context was a stored one. */
  wasReplayed: (ctx: Context) => boolean;
  tokens: Tokens;
  keys: KeyRing;
  principals: Principals;
  /** A handle of our own: its marks hold what arrives until the receiving context has said its word. */
  artefacts: ArtefactStore;
  feed: Feed;
  streams: OpenStreams;
  web: StaticFiles;
  reference: StaticFiles;
  /** What this process still waits for. */
  readiness: () => Readonly<{ status: 'ready' | 'degraded' | 'starting' | 'draining' }>;
  logger: Logger;
}>;
