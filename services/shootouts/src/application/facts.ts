import type { Context, Id } from '@gts/kernel';
import { type DITrack, durationMsOf } from '../domain/di-track';
import type { DIFacts } from '../domain/findings';
import type { DITracks } from './ports';

export const factsOf = (track: DITrack | undefined): DIFacts | undefined =>
  track && { ready: track.status === 'READY', durationMs: durationMsOf(track.inspection?.frames ?? 0) };

/** What rules need to know about a recording of the workspace; nothing when it is not there. */
export const diFacts = async (tracks: DITracks, id: Id<'DITrack'>, ctx: Context): Promise<DIFacts | undefined> =>
  factsOf(await tracks(ctx).find(id));
