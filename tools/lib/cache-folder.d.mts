export function cacheFolder(env?: Readonly<Record<string, string | undefined>>): string;
