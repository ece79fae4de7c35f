// Runs a pair of measurements in turns and makes one row of the median ratio.
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** `pair` = {unit, peer, ours(), theirs(), close()}; both answer things per second. */
export async function rowsOf({ id, must, rounds, pair }) {
  await pair.ours();
  await pair.theirs();
  const done = [];
  for (let round = 0; round < rounds; round++) {
    const cpuOurs = process.cpuUsage();
    const value = await pair.ours();
    const spent = process.cpuUsage(cpuOurs);
    const cpuTheirs = process.cpuUsage();
    const peerValue = await pair.theirs();
    const peerSpent = process.cpuUsage(cpuTheirs);
    const ms = ({ user, system }) => (user + system) / 1000;
    done.push({ value, peerValue, ratio: value / peerValue, cpuMs: ms(spent), peerCpuMs: ms(peerSpent) });
  }
  await pair.close();
  const of = (key) => Number(median(done.map((each) => each[key])).toFixed(2));
  const ratio = of('ratio');
  const spread = done.map((each) => Number(each.ratio.toFixed(2)));
  return {
    id,
    value: Math.round(of('value')),
    unit: pair.unit,
    peer: pair.peer,
    peerValue: Math.round(of('peerValue')),
    ratio,
    must,
    ok: ratio >= must,
    cpuMs: of('cpuMs'),
    peerCpuMs: of('peerCpuMs'),
    spread,
  };
}
