/** Stored bytes by their hash. */
export type FileRef = Readonly<{ sha256: string; bytes: number; mediaType: string }>;
