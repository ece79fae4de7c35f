import { deserialize } from 'bson';
import { textOf } from '../bson/elements.ts';
import { CommandError } from '../gateway/errors.ts';
import type { Command } from '../wire/frame.ts';
import type { User } from './users.ts';

/** For everybody: greeting, sign-in, and what ends something of one's own, which drivers send to `admin`. */
const FOR_ALL: ReadonlySet<string> = new Set([
  'hello',
  'isMaster',
  'ismaster',
  'ping',
  'buildInfo',
  'saslStart',
  'saslContinue',
  'endSessions',
  'commitTransaction',
  'abortTransaction',
]);
/** Beyond `readWrite`. */
const FOR_ROOT: ReadonlySet<string> = new Set([
  'createUser',
  'dropUser',
  'updateUser',
  'dropDatabase',
  'replSetInitiate',
  'replSetGetStatus',
]);

type Stage = Readonly<Record<string, unknown>>;
const databaseOfTarget = (target: unknown): unknown =>
  typeof target === 'object' && target !== null && 'db' in target ? target.db : undefined;

/** Databases that the stages of a pipeline write to besides the command's own. */
function targetsOf(command: Command): readonly unknown[] {
  const { pipeline } = deserialize(command.document) as { pipeline?: readonly Stage[] };
  return (Array.isArray(pipeline) ? (pipeline as Stage[]) : []).flatMap(({ $out, $merge }) => {
    const into = typeof $merge === 'object' && $merge !== null && 'into' in $merge ? $merge.into : undefined;
    return [databaseOfTarget($out), databaseOfTarget(into)].filter((each) => each !== undefined);
  });
}

const databaseOfNamespace = (namespace: string | undefined) => namespace?.split('.')[0];

function databasesOf(command: Command): readonly unknown[] {
  const { name, database, fields } = command;
  if (name === 'renameCollection') return [textOf(fields.get(name)), textOf(fields.get('to'))].map(databaseOfNamespace);
  return name === 'aggregate' ? [database, ...targetsOf(command)] : [database];
}

/**
 * Whether a connection may run a command. Before a sign-in it may do all where none is asked for.
 * @throws CommandError 13
 */
export function authorise(command: Command, user: User | undefined, asksForSignIn: boolean): void {
  const { name, database } = command;
  if (FOR_ALL.has(name) || user?.databases === 'all' || (!user && !asksForSignIn)) return;
  if (!user) throw new CommandError(13, `Command ${name} requires authentication`);
  const { databases } = user;
  const isOwn = databasesOf(command).every((each) => databases.includes(String(each)));
  if (FOR_ROOT.has(name) || !isOwn)
    throw new CommandError(13, `not authorized on ${database} to execute command ${name}`);
}
