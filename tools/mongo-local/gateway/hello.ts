import { Long, ObjectId } from 'bson';
import { success } from '../bson/reply.ts';
import type { Command } from '../wire/frame.ts';

/** Name under which the gateway plays a replica set of one. */
const SET_NAME = 'rs0';
const VERSION = '7.0.0';
/** Of MongoDB 7.0. */
const MAX_WIRE_VERSION = 21;
const ELECTION = new ObjectId('7fffffff0000000000000001');

/** What the gateway answers by itself. `advertised` is the `host:port` by which clients reach it. */
type Local = (command: Command, advertised: string) => Buffer;

const hello: Local = ({ fields }, advertised) =>
  success({
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    secondary: false,
    setName: SET_NAME,
    setVersion: 1,
    electionId: ELECTION,
    hosts: [advertised],
    me: advertised,
    primary: advertised,
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

const replSetGetStatus: Local = (_, advertised) =>
  success({
    set: SET_NAME,
    myState: 1,
    term: Long.ONE,
    members: [{ _id: 0, name: advertised, health: 1, state: 1, stateStr: 'PRIMARY', self: true }],
  });

export const local: Readonly<Record<string, Local>> = {
  hello,
  isMaster: hello,
  ismaster: hello,
  ping: () => success(),
  endSessions: () => success(),
  buildInfo: () => success({ version: VERSION, versionArray: [7, 0, 0, 0], maxBsonObjectSize: 16_777_216 }),
  replSetInitiate: () => success(),
  replSetGetStatus,
};
