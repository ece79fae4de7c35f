// Runs a pair of measurements in turns and makes one row of the median ratio.
import { readFileSync } from 'node:fs';

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const two = (value) => Number(value.toFixed(2));
/** Three digits at least: 17.2, 2543. */
const short = (value) => (value < 100 ? two(value) : Math.round(value));
const microseconds = ({ user, system }) => user + system;

/** Ticks of the whole machine: all, and those spent working. */
function machine() {
  const ticks = readFileSync('/proc/stat', 'utf8').split('\n')[0].split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, each) => sum + each, 0);
  return { all, busy: all - ticks[3] - ticks[4] };
}

const lines = (path) => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};

/** Ticks of a process with its threads, its ended children and its running ones; 0 when it is gone. */
function ticksOf(pid) {
  const fields = lines(`/proc/${pid}/stat`).split(') ')[1]?.split(' ').slice(11, 15).map(Number) ?? [];
  const children = lines(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
  return [...fields, ...children.map(ticksOf)].reduce((sum, each) => sum + each, 0);
}

const NS_PER_TICK = 1e7;

/**
 * Starts watching the machine; the answer says how busy it was, and which share of it others took.
 * `besides` tells the nanoseconds so far of work of ours that no child of this process does.
 */
export function watchMachine(besides = () => 0) {
  const ours = () => ticksOf(process.pid) + besides() / NS_PER_TICK;
  const before = { ...machine(), ours: ours() };
  return () => {
    const after = { ...machine(), ours: ours() };
    const share = (ticks) => two(Math.max(0, ticks / (after.all - before.all || 1)));
    const busy = after.busy - before.busy;
    return { machineBusy: share(busy), foreignCpu: share(busy - (after.ours - before.ours)) };
  };
}

/** Measures `work`, which does `total` things: wall milliseconds and microseconds of CPU. */
export async function measured(total, work) {
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  await work();
  return { total, ms: performance.now() - startMs, cpuUs: microseconds(process.cpuUsage(cpu)) };
}

const sum = (parts) => {
  const of = (key) => parts.reduce((all, part) => all + part[key], 0);
  return { perSecond: (of('total') / of('ms')) * 1000, cpuUs: of('cpuUs') / of('total') };
};

/** One round: both sides in slices by turns, so that what others do to the machine meets both alike. */
async function roundOf({ ours, theirs, slices = 1 }, round) {
  const done = { ours: [], theirs: [] };
  for (let slice = 0; slice < slices; slice++) {
    const oursFirst = (round + slice) % 2 === 0;
    if (oursFirst) done.ours.push(await ours());
    done.theirs.push(await theirs());
    if (!oursFirst) done.ours.push(await ours());
  }
  return { ours: sum(done.ours), theirs: sum(done.theirs) };
}

/**
 * `pair` = {unit, peer, slices?, ours(), theirs(), close()}; both sides answer what `measured` answers. The ratio is
 * CPU for CPU: what one thing costs the peer by what it costs us. Others that load the machine hardly move it; they
 * do move things per second, which stand beside it, or are judged where most of the work is another process's
 * (`judgedBy: 'rate'`).
 */
export async function rowsOf({ id, must, rounds, pair, judgedBy = 'cpu' }) {
  await roundOf(pair, 0);
  const done = [];
  for (let round = 0; round < rounds; round++) {
    const { ours, theirs } = await roundOf(pair, round);
    done.push({
      value: ours.perSecond,
      peerValue: theirs.perSecond,
      cpuUs: ours.cpuUs,
      peerCpuUs: theirs.cpuUs,
      cpuRatio: theirs.cpuUs / ours.cpuUs,
      throughputRatio: ours.perSecond / theirs.perSecond,
    });
  }
  await pair.close();
  const of = (key) => median(done.map((each) => each[key]));
  const { unit, peer } = pair;
  const [value, peerValue] = ['value', 'peerValue'].map((key) => short(of(key)));
  const judged = judgedBy === 'cpu' ? 'cpuRatio' : 'throughputRatio';
  const [ratio, throughputRatio, cpuUs, peerCpuUs] = [judged, 'throughputRatio', 'cpuUs', 'peerCpuUs'].map((key) =>
    two(of(key)),
  );
  const spread = done.map((each) => two(each[judged]));
  const ok = must === undefined || ratio >= must;
  return {
    id,
    value,
    unit,
    peer,
    peerValue,
    ratio,
    must,
    ok,
    judgedBy,
    cpuUs,
    peerCpuUs,
    throughputRatio,
    spread,
  };
}
