// What the containers of a stack use of the processors: their processes are no children of whoever started them.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LASTING, pidOf, type RunningStack } from './containers.ts';
import { must } from './engine.ts';

/** Nanoseconds of all groups together since the first of them, those that are gone too, and of each that is there. */
export type CpuReading = Readonly<{ all: number; each: ReadonlyMap<string, number> }>;

/** Nanoseconds that containers of `own`, and the engine's own watchers, used between two readings. */
export function cpuOf(own: ReadonlySet<string>, before: CpuReading, after: CpuReading): number {
  const foreign = [...after.each].filter(([id]) => !own.has(id));
  return foreign.reduce((rest, [id, used]) => rest - (used - (before.each.get(id) ?? 0)), after.all - before.all);
}

const CGROUPS = '/sys/fs/cgroup';

/** Nanoseconds of a control group with those below it: version 1 counts them, version 2 has microseconds. */
function usageOf(folder: string): number {
  if (folder.startsWith(join(CGROUPS, 'cpuacct'))) return Number(readFileSync(join(folder, 'cpuacct.usage'), 'utf8'));
  return Number(/^usage_usec (\d+)/m.exec(readFileSync(join(folder, 'cpu.stat'), 'utf8'))?.[1]) * 1000;
}

/** The group that holds those of all containers, known by one of them. @throws Error where the kernel counts none */
function groupOfAll(pid: number): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n');
  const pathOf = (controllers: RegExp) => lines.map((line) => line.split(':')).find(([, names]) => controllers.test(names ?? ''))?.[2]; // prettier-ignore
  const one = pathOf(/(^|,)cpuacct(,|$)/);
  const path = one === undefined ? pathOf(/^$/) : `/cpuacct${one}`;
  const end = path?.indexOf('/libpod-') ?? -1;
  if (path === undefined || end < 0) throw new Error('the kernel does not count what a container uses');
  return join(CGROUPS, path.slice(0, end));
}

function reading(folder: string): CpuReading {
  const groups = globSync('libpod-*', { cwd: folder });
  return {
    all: usageOf(folder),
    each: new Map(groups.map((name) => [name.slice('libpod-'.length), usageOf(join(folder, name))])),
  };
}

const idsOf = ({ project }: RunningStack): ReadonlySet<string> => {
  const filter = `label=com.docker.compose.project=${project}`;
  return new Set(must('podman', ['ps', '-a', '--no-trunc', '--filter', filter, '--format', '{{.ID}}']).split('\n'));
};

/** Starts counting; the answer says how many nanoseconds containers of the stack took since. */
export function watchContainers(stack: RunningStack): () => number {
  const [first = ''] = LASTING;
  const folder = groupOfAll(pidOf(stack, first));
  const before = reading(folder);
  return () => cpuOf(idsOf(stack), before, reading(folder));
}
