export function newerNats(): Readonly<{ path: string; version: string | undefined }>;
