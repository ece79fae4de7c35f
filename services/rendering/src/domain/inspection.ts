import type { Decision } from '@gts/kernel';
import type { InspectionEvent } from './events';

/** What became of one uploaded recording; `outcome` is what DIInspected says. */
export type Inspection = Readonly<{
  diTrackId: string;
  wholeSha256: string;
  status: 'inspected' | 'rejected';
  code?: string | undefined;
}>;
export type Verdict =
  Readonly<{ status: 'inspected'; outcome: unknown }> | Readonly<{ status: 'rejected'; code: string; detail: string }>;

export function conclude(
  diTrackId: string,
  wholeSha256: string,
  verdict: Verdict,
): Decision<Inspection, InspectionEvent> {
  if (verdict.status === 'inspected')
    return {
      state: { diTrackId, wholeSha256, status: 'inspected' },
      events: [{ type: 'Inspected', outcome: verdict.outcome }],
    };
  const { code, detail } = verdict;
  return {
    state: { diTrackId, wholeSha256, status: 'rejected', code },
    events: [{ type: 'Rejected', diTrackId, code, detail }],
  };
}
