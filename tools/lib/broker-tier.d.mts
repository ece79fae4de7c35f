export const TALKERS: readonly string[];
