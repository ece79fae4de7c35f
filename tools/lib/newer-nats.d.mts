export function newerNats(cache?: string): Readonly<{ path: string; version: string | undefined }>;
