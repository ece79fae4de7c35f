// What a check found: a level, where, in words, and what to do next.
export const ok = (area, text) => ({ level: 'ok', area, text });
export const warn = (area, text, next) => ({ level: 'warn', area, text, next });
export const fail = (area, text, next) => ({ level: 'FAIL', area, text, next });

export const megabytes = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;

/** This release knows no migration that takes something away: one that was applied is of a later release. */
export const laterRelease = (names) => `migrated by a later release (${names.join(', ')})`;
