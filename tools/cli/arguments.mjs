import { parseArgs } from 'node:util';
import { client, signIn } from '../lib/api.mjs';

/** The words of the call are off. */
export class UsageError extends Error {
  constructor(message, help) {
    super(message);
    this.name = 'UsageError';
    this.help = help;
  }
}

/** The stack does not take what it was given. */
export class Refused extends Error {
  constructor(message) {
    super(message);
    this.name = 'Refused';
  }
}

/** Options by name, and the other words. `--help` prints the text and ends. @throws UsageError */
export function read(args, options, help) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
  } catch (error) {
    // Node adds a hint about words that begin with a dash; ours never do.
    throw new UsageError(error.message.split('. ')[0], help);
  }
  if (parsed.values.help) {
    process.stdout.write(help);
    process.exit(0);
  }
  return { options: parsed.values, words: parsed.positionals };
}

export const address = () => (process.env.GTS_URL ?? 'http://localhost:8080').replace(/\/$/, '');

/** A client with the token of the environment, or signed in as the demo persona. */
export function connect(persona) {
  const token = process.env.GTS_TOKEN;
  return token ? client(address(), () => ({ authorization: `Bearer ${token}` })) : signIn(address(), persona);
}

/** A table for people: columns as wide as their widest cell. */
export function table(headings, rows) {
  const all = [headings, ...rows.map((row) => row.map((cell) => String(cell ?? '')))];
  const widths = headings.map((_, i) => Math.max(...all.map((row) => [...row[i]].length)));
  const line = (row) =>
    row
      .map((cell, i) => cell + ' '.repeat(widths[i] - [...cell].length))
      .join('  ')
      .trimEnd();
  process.stdout.write(`${all.map(line).join('\n')}\n`);
}

export const printJson = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
