// Exceptions of check-shape.mjs, each with its reason.

/** Where a value may be forced into another type, how often at most, and why. */
export const allowedCasts = {
  'libs/auth/src/internal-token.ts': [1, 'jose types a parsed key as any JSON'],
  'libs/contracts/src/envelope.ts': [1, 'zod cannot say a branded or rebuilt schema'],
  'libs/contracts/src/reader.ts': [3, 'zod cannot say a branded or rebuilt schema'],
  'libs/contracts/src/schemas.ts': [4, 'zod cannot say a branded or rebuilt schema'],
  'libs/kernel/src/errors.ts': [1, 'a table built from entries loses its keys'],
  'libs/messaging/src/incoming.ts': [1, 'a definition found at run time has no static payload'],
  'libs/messaging/src/nats/wire.ts': [6, 'fields that the driver does not declare'],
  'libs/messaging/src/rpc/client.ts': [1, 'a definition found at run time has no static payload'],
  'libs/messaging/src/rpc/request.ts': [1, 'a definition found at run time has no static payload'],
  'libs/messaging/src/rpc/server.ts': [3, 'a definition found at run time has no static payload'],
  'libs/messaging/src/subscription.ts': [1, 'a definition found at run time has no static payload'],
  'libs/messaging/src/topology/apply.ts': [1, 'a definition found at run time has no static payload'],
  'libs/persistence/src/documents.ts': [1, 'rows of older schemas, tables of several types, symbols as slots'],
  'libs/persistence/src/memory/engine.ts': [1, 'rows of older schemas, tables of several types, symbols as slots'],
  'libs/persistence/src/slot.ts': [2, 'rows of older schemas, tables of several types, symbols as slots'],
  'libs/saga/src/definition.ts': [1, 'payload types of steps meet at run time only'],
  'libs/saga/src/host.ts': [1, 'payload types of steps meet at run time only'],
  'libs/saga/src/instance.ts': [1, 'payload types of steps meet at run time only'],
  'libs/saga/src/op-outcome.ts': [1, 'payload types of steps meet at run time only'],
  'libs/saga/src/participants.ts': [5, 'payload types of steps meet at run time only'],
  'libs/saga/src/rows.ts': [1, 'payload types of steps meet at run time only'],
  'libs/saga/src/step.ts': [1, 'payload types of steps meet at run time only'],
  'services/gateway/src/application/forward.ts': [1, 'the shape of a definition known at run time only'],
  'services/gateway/src/entrypoints/server-options.ts': [1, 'fastify types the socket narrower than Node'],
  'services/gear-catalog/src/application/get-gear.ts': [1, 'ids of rows carry no brand'],
  'services/gear-catalog/src/application/views.ts': [2, 'ids of rows carry no brand'],
  'services/identity/src/application/views.ts': [1, 'ids of rows carry no brand'],
  'services/rendering/src/adapters/collections.ts': [1, 'a schema of stored rows, typed by the domain'],
  'services/rendering/src/composition.ts': [1, 'an op of the domain names its saga without a brand'],
  'services/shootouts/src/adapters/collections.ts': [1, 'a schema of stored rows, typed by the domain'],
  'services/signal-chains/src/adapters/collections.ts': [1, 'a schema of stored rows, typed by the domain'],
};

/** Who may save several aggregates at once through the port `together`, a transaction by another name. */
export const mayTogether = [
  'services/identity/src/application/api-tokens.ts', // a token and the limit of tokens a user
  'services/identity/src/application/ports.ts', // declares the port
  'services/shootouts/src/application/di-tracks.ts', // CreateDITrack: the upload is used up by its track
  'services/shootouts/src/application/inspect.ts', // a recording that nobody inspected and its entry in the list of overdue ones
  'services/shootouts/src/application/render-shootout.ts', // RenderShootout: the shootout and its run
];
