import { authorise } from '../access/authorise.ts';
import { SignIn } from '../access/sign-in.ts';
import { userCommands } from '../access/user-commands.ts';
import { failure, success } from '../bson/reply.ts';
import type { Command } from '../wire/frame.ts';
import type { Session } from '../wire/server.ts';
import { CommandError } from './errors.ts';
import type { Gateway } from './gateway.ts';
import { local } from './hello.ts';
import { officialError } from './official-errors.ts';
import { handlerOf, runAlone, runInside } from './run-command.ts';
import { numberedOf, transactionOf } from './transaction-ref.ts';

const COMMAND_NOT_FOUND = 59;

async function endTransaction(command: Command, { transactions }: Gateway): Promise<Buffer> {
  const ref = transactionOf(command);
  if (!ref) throw new CommandError(2, `${command.name} outside a transaction`);
  if (command.name === 'commitTransaction') await transactions.commit(ref);
  else await transactions.abort(ref);
  return success();
}

type Client = Readonly<{ owner: object; signIn: SignIn }>;

/** What the gateway answers by itself; undefined for what PostgreSQL does. */
function own(command: Command, gateway: Gateway, { signIn }: Client): Buffer | Promise<Buffer> | undefined {
  const { name } = command;
  if (name === 'saslStart') return signIn.start(command);
  if (name === 'saslContinue') return signIn.proceed(command);
  if (name === 'commitTransaction' || name === 'abortTransaction') return endTransaction(command, gateway);
  const greeting = local[name]?.(command, gateway.replicaSet);
  if (greeting) return greeting;
  gateway.replicaSet.assertPrimary();
  return userCommands[name]?.(command, gateway.users);
}

async function dispatch(command: Command, gateway: Gateway, client: Client): Promise<Buffer> {
  authorise(command, client.signIn.user, gateway.asksForSignIn);
  const answer = own(command, gateway, client);
  if (answer) return answer;
  const handler = handlerOf(command.name);
  if (!handler) throw new CommandError(COMMAND_NOT_FOUND, `no such command: '${command.name}'`);
  const ref = transactionOf(command);
  if (ref) return runInside({ ref, owner: client.owner }, { command, handler }, gateway);
  const numbered = numberedOf(command);
  const run = () => runAlone(command, handler, gateway);
  return numbered ? gateway.retryable.answer(numbered, run) : run();
}

/** What one connection of a client talks to. */
export function openSession(gateway: Gateway): Session {
  const client: Client = { owner: {}, signIn: new SignIn(gateway.users) };
  return {
    answer: async (command) => {
      try {
        return await dispatch(command, gateway, client);
      } catch (error) {
        return failure(await officialError(error, command, gateway));
      }
    },
    end: () => gateway.transactions.endOwner(client.owner),
  };
}
