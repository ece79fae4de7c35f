import { RenderProgress } from '@gts/contracts';
import type { Clock, Context, Id } from '@gts/kernel';
import type { ProgressReporter } from '@gts/messaging';
import { type Done, nothingDone, percentOf, type Stage, type ToneDone } from '../domain/progress';

type Entry = { done: Done; startedMs: number };
export type Snapshot = Readonly<{ percent: number; etaSeconds: number | null; tones: Done['tones'] }>;
type Deps = Readonly<{ progress: ProgressReporter; clock: Clock }>;
type Report = Readonly<{ runId: string; toneId?: string | undefined; stage: Stage | 'done'; fraction: number }>;

type Beside = Readonly<{ runId: string; stage: 'picture' | 'video'; fraction: number }>;

/** What people see of the runs that work in this replica: in memory only, losing it costs nothing. */
export class ProgressBoard {
  private readonly runs = new Map<string, Entry>();
  constructor(private readonly deps: Deps) {}

  begin(runId: string, toneIds: readonly string[]): void {
    if (this.runs.has(runId)) return;
    this.runs.set(runId, { done: nothingDone(toneIds), startedMs: this.deps.clock.epochMs() });
  }

  end(runId: string): void {
    this.runs.delete(runId);
  }

  snapshot(runId: string): Snapshot | undefined {
    const entry = this.runs.get(runId);
    if (!entry) return undefined;
    const percent = percentOf(entry.done);
    const elapsedSeconds = (this.deps.clock.epochMs() - entry.startedMs) / 1000;
    const etaSeconds = percent < 3 ? null : Math.ceil((elapsedSeconds * (100 - percent)) / percent);
    return { percent, etaSeconds, tones: entry.done.tones };
  }

  common(ctx: Context, report: Report & Readonly<{ stage: 'decode' | 'level' | 'encode' }>): void {
    this.change(ctx, report, (done) => ({ ...done, [report.stage]: report.fraction }));
  }

  tone(ctx: Context, report: Report & Readonly<{ toneId: string; cached?: boolean }>): void {
    const { toneId, stage, fraction, cached = false } = report;
    const next: ToneDone = { stage, fraction, cached };
    this.change(ctx, report, (done) => ({ ...done, tones: { ...done.tones, [toneId]: next } }));
  }

  /** What is made beside a finished run counts apart: its percentage is its own. */
  beside(ctx: Context, { runId, stage, fraction }: Beside): void {
    const done = Math.round(fraction * 1000) / 1000;
    const data = { runId: runId as Id<'Run'>, stage, done, total: 1, percent: Math.round(done * 1000) / 10 };
    this.deps.progress.report(RenderProgress, runId, data, ctx);
  }

  private change(ctx: Context, { runId, toneId, stage, fraction }: Report, step: (done: Done) => Done): void {
    const entry = this.runs.get(runId);
    if (!entry) return;
    const changed = step(entry.done);
    const percent = percentOf(changed);
    entry.done = { ...changed, shown: percent };
    const data = {
      runId: runId as Id<'Run'>,
      ...(toneId !== undefined && { toneId: toneId as Id<'ToneSelection'> }),
      stage,
      done: Math.round(fraction * 1000) / 1000,
      total: 1,
      percent,
    };
    this.deps.progress.report(RenderProgress, runId, data, ctx);
  }
}
