import type { ContextName, Permission } from '@gts/kernel';
import type { z } from 'zod';

/** Turns the data of version n into that of n + 1; pure. */
export type Upcasts = Readonly<Record<number, (data: never) => unknown>>;

type Common<D extends z.ZodType> = Readonly<{
  version: number;
  summary: string;
  data: D;
  example: z.input<D>;
  upcast?: Upcasts;
}>;
type Named = Readonly<{
  context: ContextName;
  name: string;
  /** `<context>.<Name>`, the type in envelopes. */ type: string;
}>;

/** Who may ask: a permission, anybody, or other services only. */
export type Auth = Permission | 'public' | 'service';

export type EventDef<D extends z.ZodType = z.ZodType> = Named &
  Common<D> & { readonly kind: 'event'; readonly aggregate: string; readonly audit?: boolean };
export type SagaCommandDef<D extends z.ZodType = z.ZodType> = Named &
  Common<D> & { readonly kind: 'command'; readonly mode: 'saga' };
export type RequestDef<D extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> = Named &
  Common<D> & { readonly kind: 'command'; readonly mode: 'request'; readonly reply: R; readonly auth: Auth };
export type QueryDef<D extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> = Named &
  Common<D> & { readonly kind: 'query'; readonly reply: R; readonly auth: Auth };
export type ProgressDef<D extends z.ZodType = z.ZodType> = Named & Common<D> & { readonly kind: 'progress' };

/** What travels on a stream and has an envelope. */
export type MessageDef<D extends z.ZodType = z.ZodType> = EventDef<D> | SagaCommandDef<D>;
/** What is answered over request/reply. */
export type RpcDef<D extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> =
  RequestDef<D, R> | QueryDef<D, R>;
export type Definition = MessageDef | RpcDef | ProgressDef;

export type DataOf<M extends { readonly data: z.ZodType }> = z.output<M['data']>;
export type ReplyOf<M extends { readonly reply: z.ZodType }> = z.output<M['reply']>;

type EventSpec<D extends z.ZodType> = Common<D> & { aggregate: string; audit?: boolean };
type SagaSpec<D extends z.ZodType> = Common<D> & { mode: 'saga' };
type RequestSpec<D extends z.ZodType, R extends z.ZodType> = Common<D> & { mode: 'request'; reply: R; auth: Auth };
type QuerySpec<D extends z.ZodType, R extends z.ZodType> = Common<D> & { reply: R; auth: Auth };

/** Declares the published language of one context; `definitions` lists all of it in order of declaration. */
export function context(owner: ContextName) {
  const definitions: Definition[] = [];
  const keep = <T extends Definition>(definition: T): T => {
    definitions.push(definition);
    return definition;
  };
  const named = (name: string): Named => ({ context: owner, name, type: `${owner}.${name}` });

  function command<D extends z.ZodType>(name: string, spec: SagaSpec<D>): SagaCommandDef<D>;
  function command<D extends z.ZodType, R extends z.ZodType>(name: string, spec: RequestSpec<D, R>): RequestDef<D, R>;
  function command<D extends z.ZodType, R extends z.ZodType>(name: string, spec: SagaSpec<D> | RequestSpec<D, R>) {
    return keep({ ...named(name), kind: 'command', ...spec } as SagaCommandDef | RequestDef);
  }
  return {
    name: owner,
    definitions: definitions as readonly Definition[],
    command,
    /** A fact of this context; past tense. */
    event: <D extends z.ZodType>(name: string, spec: EventSpec<D>): EventDef<D> =>
      keep({ ...named(name), kind: 'event', ...spec }),
    query: <D extends z.ZodType, R extends z.ZodType>(name: string, spec: QuerySpec<D, R>): QueryDef<D, R> =>
      keep({ ...named(name), kind: 'query', ...spec }),
    /** A percentage for people; losing one costs nothing. */
    progress: <D extends z.ZodType>(name: string, spec: Common<D>): ProgressDef<D> =>
      keep({ ...named(name), kind: 'progress', ...spec }),
  };
}
