import { documentsOf, messagesOf } from './evidence';
import type { Simulation } from './simulation';
import { inspectionRows } from './toy-rows';

/** I2, I6: work that was asked for comes to one end: done, or given up. */
export async function workOracles(simulation: Simulation): Promise<readonly string[]> {
  const rows = await documentsOf(simulation.processes.rendering, inspectionRows);
  const ends = new Map(rows.map(({ runId, ends: times }) => [runId, times]));
  const asked = messagesOf(simulation).filter(({ subject }) => subject.endsWith('.InspectRun'));
  const runs = new Set(asked.map(({ envelope }) => (envelope.data as { runId: string }).runId));
  return [...runs].flatMap((runId) => {
    const times = ends.get(runId) ?? 0;
    if (times > 1) return [`I2: the inspection of '${runId}' ended ${times} times`];
    return times === 0 && simulation.quiet ? [`I6: the inspection of '${runId}' never ended`] : [];
  });
}
