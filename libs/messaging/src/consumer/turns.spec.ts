import { Turns } from './turns';

const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise((resolve) => void setImmediate(resolve));
  return done;
};

/** Time that only the spec moves. */
function hand() {
  let now = 0;
  const due: { at: number; run: () => void }[] = [];
  return {
    nowMs: () => now,
    after: (ms: number, run: () => void) => {
      due.push({ at: now + ms, run });
      return () => undefined;
    },
    move: (ms: number) => {
      now += ms;
      for (const each of due) if (each.at <= now) each.run();
    },
  };
}

test('work runs side by side; a suspect waits for it, and nobody starts before the suspect', async () => {
  const turns = new Turns(hand());
  const [one, two] = [await turns.together(), await turns.together()];
  const suspect = turns.alone();
  const later = turns.together();
  one();
  expect([await settled(suspect), await settled(later)]).toEqual([false, false]);
  two();
  const leave = await suspect;
  expect(await settled(later)).toBe(false);
  leave();
  leave();
  (await later)();
  expect(turns.aloneNow('me')).toBeDefined();
});

test('a message that must be alone holds new work back until it had its turn', async () => {
  const turns = new Turns(hand());
  const running = await turns.together();
  expect(turns.aloneNow('suspect')).toBeUndefined();
  const next = turns.together();
  running();
  expect(await settled(next)).toBe(false);
  turns.aloneNow('suspect')?.();
  expect(await settled(next)).toBe(true);
});

test('a wish that nobody renews is forgotten, one that is never granted runs beside the others', async () => {
  const time = hand();
  const turns = new Turns(time);
  const running = await turns.together();
  expect(turns.aloneNow('gone')).toBeUndefined();
  const next = turns.together();
  time.move(4000);
  expect(await settled(next)).toBe(true);
  for (let second = 0; second <= 60; second += 2) {
    expect(turns.aloneNow('patient')).toBeUndefined();
    time.move(2000);
  }
  expect(turns.aloneNow('patient')).toBeDefined();
  running();
});
