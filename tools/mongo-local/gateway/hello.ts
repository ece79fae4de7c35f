import { deserialize, Long, ObjectId } from 'bson';
import { success } from '../bson/reply.ts';
import type { Command } from '../wire/frame.ts';
import { CommandError } from './errors.ts';
import { type ReplicaSet, SET_NAME } from './replica-set.ts';

const VERSION = '7.0.0';
/** Of MongoDB 7.0. */
const MAX_WIRE_VERSION = 21;
const ELECTION = new ObjectId('7fffffff0000000000000001');

/** What the gateway answers by itself, also before it is a replica set. */
type Local = (command: Command, replicaSet: ReplicaSet) => Buffer | Promise<Buffer>;

/** What a greeting tells of the set. */
function setOf({ member, isPrimary }: ReplicaSet) {
  const role = { isWritablePrimary: isPrimary, ismaster: isPrimary, secondary: member !== undefined && !isPrimary };
  if (member === undefined) return { ...role, isreplicaset: true, info: 'Does not have a valid replica set config' };
  const primary = isPrimary && { electionId: ELECTION, primary: member };
  return { ...role, setName: SET_NAME, setVersion: 1, hosts: [member], me: member, ...primary };
}

const hello: Local = ({ fields }, replicaSet) =>
  success({
    helloOk: true,
    ...setOf(replicaSet),
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 25_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    maxWireVersion: MAX_WIRE_VERSION,
    readOnly: false,
    ...(fields.has('saslSupportedMechs') && { saslSupportedMechs: ['SCRAM-SHA-256'] }),
  });

const replSetGetStatus: Local = (_, { member, isPrimary }) => {
  if (member === undefined) throw new CommandError(94, 'no replset config has been received');
  const state = isPrimary ? { state: 1, stateStr: 'PRIMARY' } : { state: 2, stateStr: 'SECONDARY' };
  const members = [{ _id: 0, name: member, health: 1, ...state, self: true }];
  return success({ set: SET_NAME, myState: state.state, term: Long.ONE, members });
};

const replSetInitiate: Local = async ({ document }, replicaSet) => {
  await replicaSet.initiate((deserialize(document) as { replSetInitiate?: unknown }).replSetInitiate);
  return success();
};

export const local: Readonly<Record<string, Local>> = {
  hello,
  isMaster: hello,
  ismaster: hello,
  ping: () => success(),
  endSessions: () => success(),
  buildInfo: () => success({ version: VERSION, versionArray: [7, 0, 0, 0], maxBsonObjectSize: 16_777_216 }),
  replSetInitiate,
  replSetGetStatus,
};
