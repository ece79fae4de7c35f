/** What one workspace, or one person in it, may have; contexts enforce it and the edge tells it. */
export const WORKSPACE_LIMITS = {
  shootouts: 200,
  activeRuns: 5,
  /** Sum over the recordings that can be used. */
  diBytes: 5 * 1024 ** 3,
  /** Made in one day of UTC. */
  diTracksPerDay: 50,
  signalChains: 2000,
  gear: 5000,
  apiTokens: 20,
} as const;
