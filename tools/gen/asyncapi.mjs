// docs/asyncapi.json: what travels on the streams, from the catalogue and the declared subscriptions.
import { createRequire } from 'node:module';
import { stableJson } from '../lib/stable.mjs';

const require = createRequire(import.meta.url);
const contracts = require('@gts/contracts');
const { z } = require('zod');

const schemaOf = (schema) => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
};
const envelope = schemaOf(contracts.envelopeSchema);
const addressOf = (def) => {
  if (def.kind === 'progress') return contracts.progressSubject(def, '{aggregateId}');
  return contracts.filterOf(def).replace('*', 'p{partition}');
};
const parametersOf = (def) => {
  if (def.kind === 'progress') return { aggregateId: { description: 'id of the aggregate whose work moves' } };
  if (def.kind !== 'event') return undefined;
  const all = Array.from({ length: contracts.PARTITIONS }, (_, i) => String(i).padStart(2, '0'));
  return { partition: { description: 'two digits, from tenant and aggregate id', enum: all } };
};

const headers = {
  type: 'object',
  properties: Object.fromEntries(
    ['Nats-Msg-Id', 'Gts-Type', 'Gts-Version', 'Gts-Tenant', 'Gts-Correlation', 'Gts-Saga', 'traceparent'].map(
      (name) => [name, { type: 'string' }],
    ),
  ),
};

const message = (def) => ({
  name: def.type,
  title: def.name,
  summary: def.summary,
  contentType: 'application/json',
  headers: { $ref: '#/components/schemas/MessageHeaders' },
  payload: {
    allOf: [
      { $ref: '#/components/schemas/Envelope' },
      {
        type: 'object',
        properties: { type: { const: def.type }, version: { const: def.version }, data: schemaOf(def.data) },
      },
    ],
  },
  examples: [{ name: `${def.name}Data`, payload: { type: def.type, version: def.version, data: def.example } }],
});

const idOf = (def) => `${def.context}.${def.name}`.replaceAll(/[^A-Za-z0-9]/g, '_');

/** Who sends and who reads a message, as AsyncAPI operations. */
function operations(defs, services) {
  const found = {};
  for (const def of defs) {
    found[`${idOf(def)}_send`] = {
      action: 'send',
      channel: { $ref: `#/channels/${idOf(def)}` },
      tags: [{ name: def.context }],
    };
    for (const { service, name, from } of services.flatMap((each) => each.subscriptions)) {
      const reads = Array.isArray(from)
        ? from.includes(def)
        : def.kind === 'event' && def.context === from.context && def.aggregate === from.aggregate;
      if (reads)
        found[`${idOf(def)}_receive_${service}_${name}`.replaceAll('-', '_')] = {
          action: 'receive',
          channel: { $ref: `#/channels/${idOf(def)}` },
          tags: [{ name: service }],
          summary: `durable ${contracts.durableOf({ service, name, kind: Array.isArray(from) ? 'handler' : 'projection' })}`,
        };
    }
  }
  return found;
}

export function asyncapi() {
  const defs = contracts.allDefinitions.filter(
    (def) => ['event', 'progress'].includes(def.kind) || def.mode === 'saga',
  );
  return stableJson({
    asyncapi: '3.0.0',
    info: {
      title: 'Guitar Tone Shootout messages',
      version: '1.0.0',
      description: 'Events, saga commands and progress over NATS JetStream. Reference, generated from libs/contracts.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      defs.map((def) => [
        idOf(def),
        {
          address: addressOf(def),
          ...(parametersOf(def) && { parameters: parametersOf(def) }),
          messages: { [def.name]: { $ref: `#/components/messages/${idOf(def)}` } },
        },
      ]),
    ),
    operations: operations(defs, contracts.declaredServices),
    components: {
      messages: Object.fromEntries(defs.map((def) => [idOf(def), message(def)])),
      schemas: { Envelope: envelope, MessageHeaders: headers },
    },
  });
}
