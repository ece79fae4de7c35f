import { context, failure } from '@gts/contracts';
import { z } from 'zod';

/** A small product of three services for the simulator: runs hold gear, are rendered, and are finished. */
const runId = z.string();
const run = z.strictObject({ runId });
const refusal = z.strictObject({ runId, ...failure });
const example = { runId: 'run-1' };
const refused = { ...example, code: 'TOY.REFUSED', retryable: false };

const host = context('shootouts');
const gear = context('gear-catalog');
const rendering = context('rendering');

const event = { version: 1, data: run, example } as const;
const command = { mode: 'saga', version: 1, data: run, example } as const;
const no = { version: 1, data: refusal, example: refused } as const;

export const RunRequested = host.event('RunRequested', { aggregate: 'Run', summary: 'A run was asked for.', ...event });
export const RunCancelRequested = host.event('RunCancelRequested', {
  aggregate: 'Run',
  summary: 'Somebody gave the run up.',
  ...event,
});
export const RunNoted = host.event('RunNoted', {
  aggregate: 'Run',
  summary: 'Something changed about a run; the n-th note says n.',
  version: 1,
  data: z.strictObject({ runId, note: z.int() }),
  example: { ...example, note: 1 },
});
export const FinishRun = host.command('FinishRun', { summary: 'The point of no return.', ...command });
export const RunFinished = host.event('RunFinished', {
  aggregate: 'Ending',
  summary: 'The run is complete.',
  ...event,
});
export const RunFinishRefused = host.event('RunFinishRefused', { aggregate: 'Ending', summary: 'It is not.', ...no });
export const FailRun = host.command('FailRun', {
  summary: 'Writes down why the run ended early.',
  mode: 'saga',
  version: 1,
  data: z.strictObject({ runId, code: z.string() }),
  example: { ...example, code: 'TOY.REFUSED' },
});
export const RunFailed = host.event('RunFailed', { aggregate: 'Ending', summary: 'The run ended early.', ...event });

export const HoldGear = gear.command('HoldGear', { summary: 'Keeps the gear of a run.', ...command });
export const GearHeld = gear.event('GearHeld', {
  aggregate: 'Hold',
  summary: 'The gear is kept.',
  version: 1,
  data: z.strictObject({ runId, holdId: z.string() }),
  example: { ...example, holdId: 'hold-1' },
});
export const GearHoldRefused = gear.event('GearHoldRefused', { aggregate: 'Hold', summary: 'It cannot be.', ...no });
export const ReleaseGear = gear.command('ReleaseGear', { summary: 'Lets the gear go.', ...command });
export const GearReleased = gear.event('GearReleased', { aggregate: 'Hold', summary: 'The gear is free.', ...event });
export const PinGear = gear.command('PinGear', { summary: 'Counts one more use of the gear.', ...command });
export const GearPinned = gear.event('GearPinned', { aggregate: 'Hold', summary: 'The use is counted.', ...event });

export const RenderRun = rendering.command('RenderRun', {
  summary: 'Renders, as a job.',
  mode: 'saga',
  version: 1,
  data: z.strictObject({ runId, holdId: z.string() }),
  example: { ...example, holdId: 'hold-1' },
});
export const RunRendered = rendering.event('RunRendered', { aggregate: 'Job', summary: 'It sounds.', ...event });
export const RunRenderFailed = rendering.event('RunRenderFailed', { aggregate: 'Job', summary: 'It does not.', ...no });
export const CancelRun = rendering.command('CancelRun', { summary: 'Stops the job.', ...command });
export const RunRenderCancelled = rendering.event('RunRenderCancelled', {
  aggregate: 'Job',
  summary: 'The job is stopped.',
  ...event,
});

export const InspectRun = rendering.command('InspectRun', {
  summary: 'Looks a run over: long work that belongs to no saga.',
  ...command,
});

/** The contexts of the toy product, as a topology needs them. */
export const toyCatalogue = [host, gear, rendering];
