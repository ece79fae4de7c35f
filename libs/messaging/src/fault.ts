import { isDomainError, kindOf } from '@gts/kernel';
import { Unfit } from './incoming';

const FRAMES = 8;
/** The engine's own words; any other message may quote what somebody sent. */
const engine = new Set(['TypeError', 'ReferenceError', 'RangeError']);

const framesOf = ({ stack = '' }: Error): string =>
  stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, FRAMES)
    .join('\n');

function bugFields(error: unknown) {
  if (!(error instanceof Error)) return {};
  const { name } = error;
  return { error: name, ...(engine.has(name) && { why: error.message }), stack: framesOf(error) };
}

export const codeOf = (error: unknown): string => {
  if (isDomainError(error)) return error.code;
  return error instanceof Unfit ? error.reason : 'BUS.INTERNAL';
};

/** What a line of log says about an error: never its message, which may carry what a person typed. */
export const fault = (error: unknown): Readonly<Record<string, unknown>> => {
  const kind = kindOf(error);
  const said = { code: codeOf(error), kind };
  return kind === 'bug' && !(error instanceof Unfit) ? { ...said, ...bugFields(error) } : said;
};

/** What the owner of an item is told about its end; unlike a line of log it may repeat what was typed. */
export const reasonOf = (error: unknown): Readonly<{ code: string; detail: string }> => ({
  code: isDomainError(error) ? error.code : 'BUS.INTERNAL',
  detail: error instanceof Error ? error.message : String(error),
});
