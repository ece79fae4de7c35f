import { createHmac, randomBytes } from 'node:crypto';
import { Binary, deserialize } from 'bson';
import { success } from '../bson/reply.ts';
import { CommandError } from '../gateway/errors.ts';
import type { Command } from '../wire/frame.ts';
import { answerClientFinal, type ClientFirst, type Credential, readClientFirst, serverFirst } from './scram.ts';
import type { User, Users } from './users.ts';

export const ITERATIONS = 15_000;
const MECHANISM = 'SCRAM-SHA-256';
const SALT_BYTES = 28;
const NONCE_BYTES = 24;
const CONVERSATION = 1;
const refused = () => new CommandError(18, 'Authentication failed.');
const SECRET = randomBytes(32);

type Exchange = Readonly<{
  client: ClientFirst;
  first: string;
  nonce: string;
  user: User | undefined;
  credential: Credential;
}>;
type Payload = { mechanism?: unknown; payload?: unknown; options?: { skipEmptyExchange?: unknown } };

export const newSalt = (): string => randomBytes(SALT_BYTES).toString('base64');

/** For a name that nobody has: always the same, so that nobody learns which names exist. */
function decoy(name: string): Credential {
  const bytes = createHmac('sha256', SECRET).update(name).digest();
  const salt = bytes.subarray(0, SALT_BYTES).toString('base64');
  return { iterations: ITERATIONS, salt, storedKey: bytes.toString('base64'), serverKey: '' };
}

function payloadOf(command: Command): Payload & { text: string } {
  const fields = deserialize(command.document) as Payload;
  if (!(fields.payload instanceof Binary)) throw refused();
  return { ...fields, text: Buffer.from(fields.payload.value()).toString() };
}

const reply = (text: string, done: boolean) =>
  success({ conversationId: CONVERSATION, done, payload: new Binary(Buffer.from(text)) });

/** The sign-in of one connection: two or three commands, then it is a user's. */
export class SignIn {
  readonly #users: Users;
  #exchange: Exchange | undefined;
  #skipsEmpty = false;
  #proved: User | undefined;
  #user: User | undefined;

  constructor(users: Users) {
    this.#users = users;
  }

  /** Who this connection belongs to; undefined before a sign-in. */
  get user(): User | undefined {
    return this.#user;
  }

  start(command: Command): Buffer {
    const { mechanism, options, text } = payloadOf(command);
    const client = readClientFirst(text);
    if (mechanism !== MECHANISM || !client) throw refused();
    const user = this.#users.find(command.database, client.user);
    const credential = user?.credential ?? decoy(client.user);
    const nonce = client.nonce + randomBytes(NONCE_BYTES).toString('base64');
    const first = serverFirst(nonce, credential);
    this.#skipsEmpty = options?.skipEmptyExchange === true;
    this.#exchange = { client, first, nonce, user, credential };
    return reply(first, false);
  }

  /** @throws CommandError 18 for a wrong name or password, which are not told apart */
  proceed(command: Command): Buffer {
    const { text } = payloadOf(command);
    if (this.#proved) return this.#finish(this.#proved, '');
    const exchange = this.#exchange;
    this.#exchange = undefined;
    if (!exchange) throw refused();
    const { client, first, nonce, user, credential } = exchange;
    const final = answerClientFinal(text, { bare: client.bare, first, nonce }, credential);
    if (final === undefined || !user) throw refused();
    if (this.#skipsEmpty) return this.#finish(user, final);
    this.#proved = user;
    return reply(final, false);
  }

  #finish(user: User, text: string): Buffer {
    this.#user = user;
    this.#proved = undefined;
    return reply(text, true);
  }
}
