import {
  type Definition,
  type Envelope,
  envelopeSchema,
  type MessageDef,
  partitionOf,
  partsOf,
  readerOf,
  type SubjectParts,
} from '@gts/contracts';
import type { MessageId } from '@gts/kernel';
import { disagreement } from './headers';
import { unfitJson } from './json';
import type { Incoming } from './subscription';

export type UnfitReason =
  | 'UNDECODABLE'
  | 'ENVELOPE_INVALID'
  | 'HEADER_MISMATCH'
  | 'SUBJECT_MISMATCH'
  | 'DATA_INVALID'
  | 'NEWER_VERSION'
  | 'UNKNOWN_TYPE'
  | 'ID_CONFLICT'
  | 'TENANT_MISMATCH';

/** A message that cannot be handled as it is; never leaves this library. */
export class Unfit extends Error {
  constructor(
    readonly reason: UnfitReason,
    detail: string,
    /** When what is ahead of us was said; absent for what never becomes fit. */
    readonly aheadSince?: string,
  ) {
    super(detail);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new Unfit('UNDECODABLE', 'neither UTF-8 nor JSON');
  }
}

/** Bytes of a stream to an envelope, data unparsed. @throws Error when they are none */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const json = jsonOf(bytes);
  const unfit = unfitJson(json);
  if (unfit !== undefined) throw new Unfit('UNDECODABLE', unfit);
  const parsed = envelopeSchema.safeParse(json);
  if (!parsed.success) throw new Unfit('ENVELOPE_INVALID', parsed.error.issues[0]?.path.join('.') ?? 'envelope');
  return parsed.data;
}

export type Received = Readonly<{ subject: string; headers: Readonly<Record<string, string>>; body: Uint8Array }>;

function fitsSubject(parts: SubjectParts | undefined, envelope: Envelope): boolean {
  if (!parts || parts.kind === 'progress' || parts.kind !== envelope.kind) return false;
  if (`${parts.context}.${parts.name}` !== envelope.type) return false;
  if (parts.kind === 'command') return true;
  const { aggregate, tenantId, producer } = envelope;
  return (
    aggregate?.type === parts.aggregate &&
    producer === parts.context &&
    partitionOf(tenantId, aggregate.id) === parts.partition
  );
}

/** The envelope of a message whose headers and subject say the same. */
function checkedEnvelope({ subject, headers, body }: Received): Envelope {
  const envelope = decodeEnvelope(body);
  const header = disagreement(headers, envelope);
  if (header !== undefined) throw new Unfit('HEADER_MISMATCH', header);
  if (!fitsSubject(partsOf(subject), envelope)) throw new Unfit('SUBJECT_MISMATCH', subject);
  return envelope;
}

/** Data of an older version turned into the current one, read tolerantly. */
function currentData(def: Definition, version: number, data: unknown): unknown {
  let current = data;
  for (let from = version; from < def.version; from++) {
    const step = def.upcast?.[from];
    if (!step) throw new Unfit('DATA_INVALID', `no upcaster from version ${from}`);
    current = step(current as never);
  }
  const parsed = readerOf(def.data).safeParse(current);
  if (!parsed.success) throw new Unfit('DATA_INVALID', parsed.error.issues[0]?.path.join('.') ?? 'data');
  return parsed.data;
}

/** Which messages a consumer asks for. */
export type Asked = Readonly<{
  defs: ReadonlyMap<string, MessageDef>;
  /** Set for consumers of all events of one aggregate type. */
  aggregate?: string | undefined;
  /** Whether the catalogue knows the type at all. */
  known: (type: string) => boolean;
}>;
/** `def` absent: an event that only moves the version gate on. */
export type Parsed = Readonly<{ envelope: Envelope; message: Incoming; def: MessageDef | undefined }>;

const messageOf = (envelope: Envelope, data: unknown): Incoming => ({
  id: envelope.id as MessageId,
  type: envelope.type,
  occurredAt: envelope.occurredAt,
  tenantId: envelope.tenantId,
  ...(envelope.aggregate && { aggregate: envelope.aggregate }),
  ...(envelope.saga && { saga: envelope.saga }),
  data,
});

function unasked(envelope: Envelope, asked: Asked): Parsed | undefined {
  if (asked.aggregate !== undefined && envelope.aggregate?.type === asked.aggregate)
    return { envelope, message: messageOf(envelope, envelope.data), def: undefined };
  if (envelope.kind === 'command' && !asked.known(envelope.type))
    throw new Unfit('UNKNOWN_TYPE', envelope.type, envelope.occurredAt);
  return undefined;
}

/**
 * Whether the subject alone says that this message is for somebody else. A broker with one filter a consumer hands
 * out a neighbour's messages too: their bytes are not read here, so that one bad message has one consumer to park it.
 */
function isForOthers(subject: string, { defs, aggregate, known }: Asked): boolean {
  const parts = partsOf(subject);
  if (!parts || parts.kind === 'progress' || defs.has(`${parts.context}.${parts.name}`)) return false;
  if (parts.kind === 'event') return parts.aggregate !== aggregate;
  return known(`${parts.context}.${parts.name}`);
}

/** Step 4 of the pipeline; undefined for what was not asked for. @throws Unfit */
export function parseMessage(received: Received, asked: Asked): Parsed | undefined {
  if (isForOthers(received.subject, asked)) return undefined;
  const envelope = checkedEnvelope(received);
  const def = asked.defs.get(envelope.type);
  if (!def) return unasked(envelope, asked);
  if (envelope.version > def.version)
    throw new Unfit('NEWER_VERSION', `${envelope.type} version ${envelope.version}`, envelope.occurredAt);
  return { envelope, message: messageOf(envelope, currentData(def, envelope.version, envelope.data)), def };
}
