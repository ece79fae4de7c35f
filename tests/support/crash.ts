import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CrashPoint } from '@gts/kernel';
import { eventually } from './eventually';
import { type Stack, startStack } from './stack';

export type Act = 'kill' | 'refuse' | 'throw' | 'hang' | 'slow';
/** `passages`: how often the service may pass the point before it is stopped there. */
export type Plan = Readonly<{ service: string; point: CrashPoint; passages?: number; act?: Act }>;

/** A stack whose services can be stopped at crash points: the broker hands a lost message out again after 2 s, leases of the dead end after 3 s. */
export async function startBreakableStack(env: Readonly<Record<string, string>> = {}): Promise<Stack> {
  const probe = join(__dirname, 'crash-probe.cjs');
  const soon = { ACK_WAIT: '2s', LEASE_TIME: '3s' };
  return startStack({ env: { ...soon, RENDER_WORKERS: '2', NODE_OPTIONS: `--require ${probe}`, ...env } });
}

const planFile = (dataDir: string, { service, point }: Plan): string => join(dataDir, 'crash', service, point);

export function arm(dataDir: string, plans: readonly Plan[]): void {
  for (const plan of plans) {
    const { service, act = 'kill', passages = 0 } = plan;
    mkdirSync(join(dataDir, 'crash', service), { recursive: true });
    writeFileSync(planFile(dataDir, plan), JSON.stringify({ act, passages }));
  }
}

/** Plans that nobody came by. */
export const unmet = (dataDir: string, plans: readonly Plan[]): readonly Plan[] =>
  plans.filter((plan) => existsSync(planFile(dataDir, plan)));

/** Who died where, in order. */
export function deaths(dataDir: string): string[] {
  const file = join(dataDir, 'crash', 'died');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

/** The process of a service as it is now: a restart has changed what the starter wrote down. */
export const pidOf = (dataDir: string, service: string): number =>
  Number(readFileSync(join(dataDir, 'crash', `${service}.pid`), 'utf8'));

/** From now on whatever parses marked bytes in rendering dies, each time. */
export const poisonFile = (dataDir: string) => {
  const file = join(dataDir, 'crash', 'poison');
  return { spread: () => writeFileSync(file, ''), cure: () => rmSync(file) };
};

export const diedTimes = (dataDir: string, times: number, why: string): Promise<number> =>
  eventually(
    () => deaths(dataDir).filter((each) => each.endsWith(why)).length,
    (count) => count >= times,
  );
