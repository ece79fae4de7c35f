/** Where bytes lie: content-addressed, never on the bus. */
export type FileRef = Readonly<{ sha256: string; bytes: number; mediaType: string }>;
