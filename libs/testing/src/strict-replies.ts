import type { Definition } from '@gts/contracts';

type Ask = (...args: unknown[]) => Promise<unknown>;

/** Use cases whose answers must fit the closed schema of their definition, as the server of requests demands. */
export const strictReplies = <T extends object>(language: { definitions: readonly Definition[] }, table: T): T =>
  Object.fromEntries(
    Object.entries(table).map(([name, run]: [string, Ask]) => {
      const def = language.definitions.find((each) => each.name.toLowerCase() === name.toLowerCase());
      const answer = async (...args: unknown[]) => {
        const reply = await run(...args);
        if (def && 'reply' in def) def.reply.parse(reply);
        return reply;
      };
      return [name, answer];
    }),
  ) as T;
