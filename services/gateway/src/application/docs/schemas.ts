import {
  CreateApiToken,
  deadLetterView,
  diTrack,
  GetMe,
  GetPrincipal,
  GetRun,
  gearModelView,
  gearView,
  ListSessions,
  ListTenants,
  outboxView,
  publicShootout,
  sagaView,
  shootout,
  signalChain,
  upload,
} from '@gts/contracts';
import { z } from 'zod';

type JsonSchema = Readonly<Record<string, unknown>>;

/** The types that several operations share, by name. */
const named: Readonly<Record<string, z.ZodType>> = {
  ApiToken: CreateApiToken.reply,
  DITrack: diTrack,
  Gear: gearView,
  GearModel: gearModelView,
  DeadLetter: deadLetterView,
  OutboxRow: outboxView,
  Principal: GetPrincipal.reply,
  Run: GetRun.reply,
  Saga: sagaView,
  PublicShootout: publicShootout,
  Session: ListSessions.reply.shape.items.element,
  Shootout: shootout,
  SignalChain: signalChain,
  Tenant: ListTenants.reply.shape.items.element,
  Upload: upload,
  User: GetMe.reply,
};
const registry = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });

const uri = (id: string): string => `#/components/schemas/${id}`;

/** Draft 2020-12 of every shared type, for `components.schemas`. */
export const sharedSchemas = (): Record<string, JsonSchema> => (known ??= makeShared());
let known: Record<string, JsonSchema> | undefined;

function makeShared(): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(registry, { uri, unrepresentable: 'any', io: 'output' });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, bare(schema as JsonSchema)]));
}

/** A schema in place; shared types are referred to. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const name = Object.keys(named).find((id) => named[id] === schema);
  if (name !== undefined) return { $ref: uri(name) };
  const page = io === 'output' && schema instanceof z.ZodObject ? itemsOf(schema) : undefined;
  if (page !== undefined)
    return {
      type: 'object',
      properties: { items: { type: 'array', items: { $ref: uri(page) } }, next: { type: ['string', 'null'] } },
      required: ['items', 'next'],
      additionalProperties: false,
    };
  // What is asked may differ from what is answered by its defaults: only answers refer to shared types.
  const metadata = io === 'output' ? { metadata: registry } : {};
  return shared(bare(z.toJSONSchema(schema, { unrepresentable: 'any', io, ...metadata }) as JsonSchema));
}

/** The name of the shared type that a page of a list holds. */
function itemsOf({ shape }: z.ZodObject): string | undefined {
  const { items, next, ...rest } = shape as Readonly<Record<string, z.ZodType>>;
  if (!(items instanceof z.ZodArray) || next === undefined || Object.keys(rest).length > 0) return undefined;
  return Object.keys(named).find((id) => named[id] === items.element);
}

/** Shared types stand once, in `components`. */
function shared({ $defs: _defs, ...schema }: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema;
}

function bare(schema: JsonSchema): JsonSchema {
  const { $schema: _dialect, $id: _id, ...rest } = schema;
  return rest;
}
