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

async function dispatch(command: Command, gateway: Gateway, owner: object): Promise<Buffer> {
  const { name } = command;
  const own = local[name];
  if (own) return own(command, gateway.advertised());
  if (name === 'commitTransaction' || name === 'abortTransaction') return endTransaction(command, gateway);
  const handler = handlerOf(name);
  if (!handler) throw new CommandError(COMMAND_NOT_FOUND, `no such command: '${name}'`);
  const ref = transactionOf(command);
  if (ref) return runInside({ ref, owner }, { command, handler }, gateway);
  const numbered = numberedOf(command);
  const run = () => runAlone(command, handler, gateway);
  return numbered ? gateway.retryable.answer(numbered, run) : run();
}

/** What one connection of a client talks to. */
export function openSession(gateway: Gateway): Session {
  const owner = {};
  return {
    answer: async (command) => {
      try {
        return await dispatch(command, gateway, owner);
      } catch (error) {
        return failure(await officialError(error, command, gateway));
      }
    },
    end: () => gateway.transactions.endOwner(owner),
  };
}
