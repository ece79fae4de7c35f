import { silentLogger } from '@gts/observability';
import { carryOut } from './drain';

const told = () => {
  const lines: string[] = [];
  const note = (_: object, message: string) => void lines.push(message);
  return { lines, logger: { ...silentLogger, info: note, warn: note } };
};

test.each([
  ['ends in time', () => Promise.resolve(), 'drained'],
  ['fails', () => Promise.reject(new Error('no')), 'a phase of the drain failed'],
  ['never ends', () => new Promise(() => undefined), 'a phase of the drain took too long and was abandoned'],
] as const)('a phase that %s lets the next one begin', async (_, work, message) => {
  const { lines, logger } = told();
  await carryOut({ name: 'x', budgetMs: 20, work }, logger);
  expect(lines).toEqual([message]);
});
