import { onceAnswered } from './api.mjs';

const away = Object.assign(new Error('HTTP.DEPENDENCY_UNAVAILABLE'), { status: 503 });
const refused = Object.assign(new Error('HTTP.FORBIDDEN'), { status: 403 });
/** Answers, or throws, one after the other. */
const inTurn =
  (...answers: (Error | string)[]) =>
  (): Promise<string> => {
    const [next = away] = answers.splice(0, 1);
    return typeof next === 'string' ? Promise.resolve(next) : Promise.reject(next);
  };
const times = { everyMs: 1, withinMs: 1000 };

describe('work on a system that is still starting', () => {
  it('is done again until every part answers', async () => {
    await expect(onceAnswered(inTurn(away, away, 'done'), times)).resolves.toBe('done');
  });

  it('tells any other refusal at once', async () => {
    await expect(onceAnswered(inTurn(refused, 'done'), times)).rejects.toBe(refused);
  });

  it('gives up in time, with the last answer', async () => {
    await expect(onceAnswered(inTurn(), { everyMs: 1, withinMs: 20 })).rejects.toBe(away);
  });
});
