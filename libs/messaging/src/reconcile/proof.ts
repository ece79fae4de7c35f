import { durationMs, epochMsOf, instantOf } from '@gts/kernel';
import type { Unit } from '@gts/persistence';
import type { Delivery } from '../bus';
import { gateKey } from '../consumer/gates';
import { digestOf, messageKey } from '../consumer/item';
import type { Kind } from '../consumer/kind';
import { deadLetterKey } from '../consumer/park';
import { deadLetterRows, gateRows } from '../consumer/rows';
import { parseMessage, Unfit } from '../incoming';
import type { Incoming } from '../subscription';

/** Dead letters go 30 days after their end, inbox rows after 45: of what is older than this nothing can be told. */
const LOOK_BACK_MS = durationMs('29d');

/** A message that a consumer asked for. Without `message` it cannot be read: it must be among the dead letters. */
export type Due = Readonly<{ delivery: Delivery; digest: string; key: string; message: Incoming | undefined }>;

/** Undefined for what was not asked for, and for what only a newer release than this one can judge. */
export function dueOf(delivery: Delivery, { asked }: Pick<Kind, 'asked'>): Due | undefined {
  const digest = digestOf(delivery);
  const base = { delivery, digest, key: messageKey(delivery, digest) };
  try {
    const parsed = parseMessage(delivery, asked);
    return parsed && { ...base, message: parsed.message };
  } catch (error) {
    return error instanceof Unfit && error.aheadSince !== undefined ? undefined : { ...base, message: undefined };
  }
}

async function isPast(unit: Unit, { durable }: Kind, { aggregate }: Incoming): Promise<boolean> {
  const gate = aggregate && (await unit.collection(gateRows).find(gateKey(durable, aggregate)));
  return gate !== undefined && aggregate !== undefined && gate.lastVersion >= aggregate.version;
}

const isParked = async (unit: Unit, { durable }: Kind, { key }: Due): Promise<boolean> =>
  (await unit.collection(deadLetterRows).find(deadLetterKey({ consumer: durable, key }))) !== undefined;

/** Those of which neither inbox nor gate nor dead letters know, as far as these look back. */
export async function unproven(unit: Unit, kind: Kind, due: readonly Due[]): Promise<readonly Due[]> {
  const since = instantOf(epochMsOf(await unit.now()) - LOOK_BACK_MS);
  const young = due.filter(({ message }) => message === undefined || message.occurredAt > since);
  const ids = young.flatMap(({ message }) => (message ? [message.id] : []));
  const inbox = new Map(kind.inbox ? await unit.inbox.seen(kind.durable, ids) : []);
  const found: Due[] = [];
  for (const each of young) {
    const { message, digest } = each;
    if (message && inbox.get(message.id) === digest) continue;
    if (message && kind.gate && (await isPast(unit, kind, message))) continue;
    if (!(await isParked(unit, kind, each))) found.push(each);
  }
  return found;
}
