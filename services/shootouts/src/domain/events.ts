import type { Id } from '@gts/kernel';
import type { FileRef } from './file-ref';

export type Visibility = 'public' | 'unlisted' | 'private';
type ShootoutId = Id<'Shootout'>;
type RunId = Id<'Run'>;
type ToneId = Id<'ToneSelection'>;

/** What a finished run made known. */
export type FinalisedFacts = Readonly<{
  shootoutId: ShootoutId;
  runId: RunId;
  manifestVersion: number;
  manifestSha256: string;
  visibility: Visibility;
  toneIds: ToneId[];
  gearModelIds: Id<'GearModel'>[];
  ownerId: string;
  title: string;
  listenMedia: { toneId: ToneId; ref: FileRef }[];
  levels: { toneId: ToneId; integratedLufs: number }[];
  labels: string[];
  durationMs: number;
}>;
export type FailedFacts = Readonly<{
  shootoutId: ShootoutId;
  ownerId: string;
  runId: RunId;
  code: string;
  toneId?: ToneId | undefined;
}>;
export type RefusedFacts = Readonly<{ runId: RunId; code: string; retryable: boolean }>;

/** Facts about a shootout; `to-integration-events.ts` tells others. */
export type ShootoutEvent = Readonly<
  | { type: 'Created'; shootoutId: ShootoutId }
  | { type: 'Updated'; shootoutId: ShootoutId }
  | {
      type: 'RenderRequested';
      shootoutId: ShootoutId;
      runId: RunId;
      actorUserId: Id<'User'>;
      di: { audio: FileRef; frames: number };
    }
  | { type: 'RenderStarted'; shootoutId: ShootoutId; runId: RunId }
  | { type: 'CancelRequested'; shootoutId: ShootoutId; runId: RunId }
  | { type: 'Finalised'; facts: FinalisedFacts }
  | { type: 'FinaliseRefused'; facts: RefusedFacts }
  | { type: 'Failed'; facts: FailedFacts }
  | { type: 'VisibilityChanged'; shootoutId: ShootoutId; from: Visibility; to: Visibility; published: boolean }
  | { type: 'Deleted'; shootoutId: ShootoutId }
  | { type: 'Restored'; shootoutId: ShootoutId }
>;
