type Condition<T> = (value: T) => boolean;
type Sent = Readonly<{ headers?: Readonly<Record<string, string>>; raw?: Uint8Array | ReadableStream }>;
export type ApiClient = Readonly<{
  send: (method: string, path: string, sent?: Sent) => Promise<Response>;
  get: (path: string) => Promise<unknown>;
  post: (path: string, body?: unknown) => Promise<unknown>;
  stage: (sha256: string, bytes: Uint8Array) => Promise<unknown>;
  createDI: (bytes: Uint8Array, of: Readonly<{ name: string }>) => Promise<unknown>;
}>;
export function signIn(address: string, persona: string): Promise<ApiClient>;
export function until<T>(
  read: () => Promise<T>,
  done: Condition<T>,
  times?: Readonly<{ everyMs?: number; withinMs?: number }>,
): Promise<T>;
export function onceAnswered<T>(
  work: () => Promise<T>,
  times?: Readonly<{ everyMs?: number; withinMs?: number }>,
): Promise<T>;
