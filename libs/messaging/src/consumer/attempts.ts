import type { Unit } from '@gts/persistence';
import { attemptRows } from './rows';

/** Names a message's row of attempts. */
export type AttemptKey = Readonly<{ consumer: string; key: string }>;
export const rowId = ({ consumer, key }: AttemptKey): string => `${consumer}/${key}`;

type Attempt = Readonly<{ consumer: string; started: number; excused: number; firstAt: string; lastError: string }>;

async function change(unit: Unit, at: AttemptKey, to: (row: Attempt) => Partial<Attempt>): Promise<Attempt> {
  const rows = unit.collection(attemptRows);
  const found = await rows.find(rowId(at));
  const before: Attempt = found
    ? { ...plain(found) }
    : { consumer: at.consumer, started: 1, excused: 0, firstAt: await unit.now(), lastError: '' };
  const row = { ...before, ...to(before) };
  await rows.put(rowId(at), row);
  return row;
}
const plain = ({ consumer, started, excused, firstAt, lastError }: Attempt): Attempt => ({
  consumer,
  started,
  excused,
  firstAt,
  lastError,
});

/** Counts a start before it happens; false when enough were started. */
export async function countStart(unit: Unit, at: AttemptKey, most: number): Promise<boolean> {
  const found = await unit.collection(attemptRows).find(rowId(at));
  if (startsOf(found) >= most) return false;
  await change(unit, at, ({ started }) => ({ started: started + 1 }));
  return true;
}

/** How often the message was started before, as far as is known. */
export const startsOf = (row: Readonly<{ started: number }> | undefined): number => row?.started ?? 1;

/** A redrive counts from nothing. */
export async function countRedrive(unit: Unit, at: AttemptKey, most: number): Promise<boolean> {
  const found = await unit.collection(attemptRows).find(rowId(at));
  const started = found?.started ?? 0;
  if (started >= most) return false;
  await change(unit, at, () => ({ started: started + 1 }));
  return true;
}

/** A redrive that could not be tried costs none of its starts. */
export async function takeBackRedrive(unit: Unit, at: AttemptKey): Promise<void> {
  await change(unit, at, ({ started }) => ({ started: Math.max(0, started - 1) }));
}

/** Notes a counted failure; answers how many there were. */
export const noteFailure = async (unit: Unit, at: AttemptKey, lastError: string): Promise<number> =>
  (await change(unit, at, () => ({ lastError }))).started;

/** Takes a counted start back; answers how often that happened. */
export const excuse = async (unit: Unit, at: AttemptKey, guarded: boolean): Promise<number> =>
  (
    await change(unit, at, ({ started, excused }) => ({
      started: guarded ? Math.max(1, started - 1) : started,
      excused: excused + 1,
    }))
  ).excused;

export const forget = (unit: Unit, at: AttemptKey): Promise<void> => unit.collection(attemptRows).purge(rowId(at));

export const firstFailure = async (unit: Unit, at: AttemptKey): Promise<string | undefined> =>
  (await unit.collection(attemptRows).find(rowId(at)))?.firstAt;
