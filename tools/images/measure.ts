// `npm run bench:images -- [--json]`: size, cold start and idle memory of every service's container, tracing on.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { megabytesOf } from './build.ts';
import { containerOf, pidOf, type RunningStack, SERVICES } from './containers.ts';
import { must, run, tagOf } from './engine.ts';

const ROUNDS = 3;
const READY_WITHIN_MS = 20_000;
/** Asking for logs takes as much CPU as a start does: nobody asks before. */
const UNASKED_MS = 2500;
/** The engine still takes down the network of what it stopped. */
const SETTLE_MS = 1500;
const IDLE_MS = 15_000;
const MUST = { seconds: 0.9, mib: 150, megabytes: 180, withFfmpeg: 430 };
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
const round = (value: number): number => Number(value.toFixed(2));

type Line = Readonly<{ time?: string; msg?: string }>;
const lineOf = (text: string): Line => {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return {};
  }
};

/** When the service last said that it is ready; 0 when it did not since then. */
function readySince(container: string, since: number): number {
  const { stdout, stderr } = run('podman', ['logs', '--since', new Date(since).toISOString(), container]);
  const found = `${stdout}${stderr}`
    .split('\n')
    .map(lineOf)
    .findLast(({ msg }) => msg === 'ready');
  return found?.time === undefined ? 0 : new Date(found.time).getTime();
}

/** Seconds until a service is ready: since the engine has started its process, and since it was told to. */
type Start = Readonly<{ started: number; ordered: number }>;

async function coldStart(container: string): Promise<Start> {
  must('podman', ['stop', '--time', '60', container]);
  await sleep(SETTLE_MS);
  const ordered = Date.now();
  must('podman', ['start', container]);
  const started = Number(must('podman', ['inspect', '--format', '{{.State.StartedAt.UnixMilli}}', container]));
  await sleep(UNASKED_MS);
  for (let ready = 0; Date.now() - ordered < READY_WITHIN_MS; await sleep(500))
    if ((ready = readySince(container, ordered)) >= ordered)
      return { started: (ready - started) / 1000, ordered: (ready - ordered) / 1000 };
  throw new Error(`${container} is not ready within ${READY_WITHIN_MS / 1000} s`);
}

/** Medians of some starts of each service. */
async function coldStarts(stack: RunningStack): Promise<readonly (readonly [string, Start])[]> {
  const all: [string, Start][] = [];
  for (const service of SERVICES) {
    const rounds: Start[] = [];
    while (rounds.length < ROUNDS) rounds.push(await coldStart(containerOf(stack, service)));
    const started = median(rounds.map((each) => each.started));
    all.push([service, { started, ordered: median(rounds.map((each) => each.ordered)) }]);
  }
  return all;
}

/** Resident memory that nobody shares and the share of what others do, in MiB. */
const residentMib = (pid: number): number =>
  Number(/^Rss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? NaN) / 1024;

export type BenchRow = Readonly<{
  id: string;
  value: number;
  unit: string;
  must: number;
  ok: boolean;
  each: Readonly<Record<string, number>>;
  peer?: string;
  peerValue?: number;
}>;
type Measured = Readonly<{ id: string; unit: string; must: number; each: Readonly<Record<string, number>> }>;

/** The worst service is the row's value. */
const rowOf = ({ id, unit, must: most, each }: Measured): BenchRow => {
  const value = Math.max(...Object.values(each));
  return { id, value, unit, must: most, ok: value <= most, each };
};
const ofEach = (values: readonly (readonly [string, number])[]) =>
  Object.fromEntries(values.map(([service, value]) => [service, round(value)]));

/** Rows of a stack that runs; its services are started anew, each three times. */
export async function measure(stack: RunningStack): Promise<readonly BenchRow[]> {
  const starts = await coldStarts(stack);
  await sleep(IDLE_MS);
  const memory = ofEach(SERVICES.map((service) => [service, residentMib(pidOf(stack, service))]));
  const { rendering = NaN, ...others } = ofEach(SERVICES.map((service) => [service, megabytesOf(tagOf(service))]));
  return [
    {
      ...rowOf({
        id: 'cold-start-s',
        unit: 's',
        must: MUST.seconds,
        each: ofEach(starts.map(([service, { started }]) => [service, started])),
      }),
      peer: "with the engine's own work before it",
      peerValue: round(Math.max(...starts.map(([, { ordered }]) => ordered))),
    },
    rowOf({ id: 'rss-mb', unit: 'MiB', must: MUST.mib, each: memory }),
    rowOf({ id: 'image-mb', unit: 'MB', must: MUST.megabytes, each: others }),
    rowOf({ id: 'image-mb-rendering', unit: 'MB', must: MUST.withFfmpeg, each: { rendering } }),
  ];
}
