/** Bytes in the artefact store. */
export type FileRef = Readonly<{ sha256: string; bytes: number; mediaType: string }>;
