import { messagesOf, sagasOf } from './evidence';
import { deliveryOracles } from './oracles-delivery';
import { effectOracles } from './oracles-effects';
import { sagaOracles } from './oracles-sagas';
import { workOracles } from './oracles-work';
import type { SimResult, Simulation } from './simulation';

/** What every run must show; each text begins with the oracle's number. Read from rows, streams and the ledger. */
export async function brokenOracles(simulation: Simulation): Promise<SimResult> {
  const { seed, world, quiet } = simulation;
  const broken = [
    ...(await deliveryOracles(simulation)),
    ...(await effectOracles(simulation)),
    ...(await sagaOracles(simulation)),
    ...(await workOracles(simulation)),
  ];
  const stats = {
    virtualSeconds: Math.round(world.time.elapsedMs / 1000),
    messages: messagesOf(simulation).length,
    redeliveries: world.tally.redeliveries,
    // Each of the three services lives once at the planning table and once at first.
    restarts: world.tally.lives - 6,
    passed: world.tally.passed,
    met: [...world.tally.met],
    outcomes: (await sagasOf(simulation)).map(({ state }) => state),
    atRest: quiet,
  };
  return { seed, broken, stats };
}
