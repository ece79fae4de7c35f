import { SqlError } from '../postgres/protocol.ts';
import type { Command } from '../wire/frame.ts';
import { duplicateKeyText } from './index-names.ts';
import { CommandError } from './errors.ts';
import type { Gateway } from './gateway.ts';
import { namespaceOf } from './results.ts';
import { codeOfState, DUPLICATE_KEY, INTERNAL, labelsOf } from './sql-errors.ts';

/** What a client of the official server would see in place of this error. */
export async function officialError(error: unknown, command: Command, gateway: Gateway): Promise<CommandError> {
  if (error instanceof CommandError) return error;
  if (!(error instanceof SqlError)) {
    gateway.log(`${command.name}: ${error instanceof Error ? error.message : String(error)}`);
    return new CommandError(INTERNAL, 'internal error of the gateway');
  }
  const code = codeOfState(error.sqlState);
  if (code === INTERNAL) gateway.log(`${command.name}: SQLSTATE ${error.sqlState}: ${error.message}`);
  if (code !== DUPLICATE_KEY) return new CommandError(code, error.message);
  return new CommandError(code, await duplicateKeyText(error.message, namespaceOf(command), gateway));
}

/** The same error inside a transaction: some say that all of it may be run again. */
export const insideTransaction = ({ code, message }: CommandError): CommandError =>
  new CommandError(code, message, labelsOf(code, true));
