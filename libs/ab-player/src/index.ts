export { createPlayer } from './player';
export type { Law, Player, PlayerDeps, PlayerState, Source, SourcePhase, SourceState, Status } from './types';
