// `npm run bench:images -- [--json]`: size, cold start and idle memory of every service's container, tracing on.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bareServer } from './bare.ts';
import { megabytesOf } from './build.ts';
import { containerOf, pidOfContainer, type RunningStack, SERVICES } from './containers.ts';
import { must, root, run, tagOf } from './engine.ts';

const ROUNDS = 3;
const READY_WITHIN_MS = 20_000;
/** Asking for logs takes as much CPU as a start does: nobody asks before. */
const UNASKED_MS = 2500;
/** The engine still takes down the network of what it stopped. */
const SETTLE_MS = 1500;
const IDLE_MS = 15_000;
const BARE = 'a bare Node server';
const NODE = join(root, 'node_modules/node/bin/node');
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

type Starts = Readonly<Record<string, readonly Start[]>>;

/** Some starts of each container, by turns: what others do to the machine meets all alike. */
async function coldStarts(containers: Readonly<Record<string, string>>): Promise<Starts> {
  const all = Object.fromEntries(Object.keys(containers).map((name): [string, Start[]] => [name, []]));
  for (let done = 0; done < ROUNDS; done++)
    for (const [name, container] of Object.entries(containers)) all[name]?.push(await coldStart(container));
  return all;
}

/** Resident memory in MiB; pages that others have too, such as those of the node binary, count in full. */
const residentMib = (pid: number): number =>
  Number(/^Rss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? NaN) / 1024;

type Each = Readonly<Record<string, number>>;
export type BenchRow = Readonly<{
  id: string;
  value: number;
  unit: string;
  peer: string;
  peerValue: number;
  ratio: number;
  must: number;
  ok: boolean;
  each: Each;
}>;
type Measured = Pick<BenchRow, 'id' | 'unit' | 'peer' | 'peerValue' | 'must' | 'each'>;

/** The worst service is the row's value. */
function rowOf({ id, unit, peer, peerValue, must: most, each }: Measured): BenchRow {
  const value = Math.max(...Object.values(each));
  return { id, value, unit, peer, peerValue, ratio: round(peerValue / value), must: most, ok: value <= most, each };
}
const mapped = <T>(each: Readonly<Record<string, T>>, value: (of: T, name: string) => number): Each =>
  Object.fromEntries(Object.entries(each).map(([name, of]) => [name, round(value(of, name))]));

type StartRow = BenchRow & Readonly<{ ordered: Each }>;

/** `ordered`: with what the engine does before it starts the process. */
function startRow({ [BARE]: bare = [], ...starts }: Starts): StartRow {
  const each = mapped(starts, (rounds) => median(rounds.map(({ started }) => started)));
  const peerValue = round(median(bare.map(({ started }) => started)));
  const row = rowOf({ id: 'cold-start-s', unit: 's', peer: BARE, peerValue, must: MUST.seconds, each });
  return { ...row, ordered: mapped(starts, (rounds) => median(rounds.map(({ ordered }) => ordered))) };
}

function sizeRows(): readonly BenchRow[] {
  const peer = { unit: 'MB', peer: 'the node binary', peerValue: round(statSync(NODE).size / 1e6) };
  const { rendering = NaN, ...others } = mapped(Object.fromEntries(SERVICES.map((name) => [name, name])), (name) =>
    megabytesOf(tagOf(name)),
  );
  return [
    rowOf({ id: 'image-mb', ...peer, must: MUST.megabytes, each: others }),
    rowOf({ id: 'image-mb-rendering', ...peer, must: MUST.withFfmpeg, each: { rendering } }),
  ];
}

/** Rows of a stack that runs; its services are started anew, each three times. */
export async function measure(stack: RunningStack): Promise<readonly BenchRow[]> {
  const bare = bareServer(stack);
  try {
    const services = Object.fromEntries(SERVICES.map((service) => [service, containerOf(stack, service)]));
    const starts = await coldStarts({ ...services, [BARE]: bare.container });
    await sleep(IDLE_MS);
    const each = mapped(services, (container) => residentMib(pidOfContainer(container)));
    const peerValue = round(residentMib(pidOfContainer(bare.container)));
    const memory = rowOf({ id: 'rss-mb', unit: 'MiB', peer: BARE, peerValue, must: MUST.mib, each });
    return [startRow(starts), memory, ...sizeRows()];
  } finally {
    bare.remove();
  }
}
