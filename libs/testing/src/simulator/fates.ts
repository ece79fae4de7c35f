import type { CrashPoint, ServiceName } from '@gts/kernel';
import type { Dice } from './dice';

/** Every crash point that the toy product passes. */
export const PASSED = [
  'unit.beforeCommit',
  'unit.afterCommit',
  'relay.afterRead',
  'relay.afterPublish',
  'relay.afterMark',
  'consumer.afterReceive',
  'consumer.afterGuard',
  'consumer.afterApply',
  'consumer.afterCommit',
  'consumer.afterAck',
  'park.afterCommit',
  'saga.afterStep',
  'saga.afterCommit',
  'timer.afterRead',
  'timer.afterCommit',
  'participant.beforeComplete',
  'shutdown.midDrain',
] as const satisfies readonly CrashPoint[];

/** What may become of a process at a crash point: it is gone, fails there, stands still for long, or for a moment. */
export const FATES = ['kill', 'throw', 'hang', 'slow'] as const;
export type Fate = (typeof FATES)[number];
/** What becomes for certain of the process that comes by a crash point for the n-th time, counted from 1. */
export type Doom = Readonly<{ point: CrashPoint; nth: number; fate: Fate }>;
/** What came by at least once. */
export type Met = `${Fate} at ${CrashPoint}`;

/** Passed by few runs, and once. */
const RARE: readonly CrashPoint[] = ['park.afterCommit', 'shutdown.midDrain', 'participant.beforeComplete'];

/** The certain fate of a seed: all seeds together have each at each point. */
export function doomOf(dice: Dice): Doom {
  const point = dice.pick(PASSED);
  return { point, nth: RARE.includes(point) ? 1 : dice.between(1, 3), fate: dice.pick(FATES) };
}

/** Twice as long as the broker waits for a message (`ACK_WAIT_MS`). */
export const HANG_MS = 12_000;
const SLOW_MS = 200;

/** Thrown where a process dies inside a unit: the unit is rolled back, and nobody hears of it. */
export class Crash extends Error {}

/** Points inside the function of a unit: whoever waits there is refused at once, as with any await of something else. */
const IN_FUNCTION: readonly CrashPoint[] = ['consumer.afterApply', 'saga.afterStep', 'participant.beforeComplete'];
/** There a process dies by an exception, elsewhere it just never goes on. */
const UNCOMMITTED: readonly CrashPoint[] = ['unit.beforeCommit', ...IN_FUNCTION];
/** Called where nothing can be awaited. */
const AFTERWARDS: readonly CrashPoint[] = ['unit.afterCommit', 'saga.afterCommit'];

/** Whoever waits at one of these holds up the poller of timers, or its store. */
export const holdsTimers = (service: ServiceName, point: CrashPoint): boolean =>
  service === 'shootouts' && (point.startsWith('timer.') || point.startsWith('unit.'));

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Code of a life that is over goes no further. */
export function ended(point: CrashPoint): void | Promise<never> {
  if (UNCOMMITTED.includes(point)) throw new Crash(point);
  return AFTERWARDS.includes(point) ? undefined : never();
}

/** Slowness is usual, but where it is refused, or holds up the poller of timers. */
const isDear = (point: CrashPoint): boolean => IN_FUNCTION.includes(point) || point.startsWith('timer.');

export function thrown(dice: Dice, chances: Readonly<Record<Fate, number>>, point: CrashPoint): Fate | undefined {
  let left = dice.next();
  return FATES.find((fate) => (left -= fate === 'slow' && isDear(point) ? chances.throw : chances[fate]) < 0);
}

export const lengthOf = (fate: 'hang' | 'slow', dice: Dice): number =>
  fate === 'hang' ? HANG_MS : dice.delayMs(SLOW_MS);
