import { openAsBlob } from 'node:fs';
import type { S3Client } from './client';

/** Larger files go in pieces: a failed piece is sent again, not the whole. At least 5 MiB by the protocol. */
const PIECE_BYTES = 8 * 2 ** 20;

async function inPieces(client: S3Client, key: string, { file, signal }: Source): Promise<void> {
  const id = await client.begin(key);
  try {
    const tags: string[] = [];
    for (let at = 0; at < file.size; at += PIECE_BYTES) {
      const place = { id, number: tags.length + 1 };
      tags.push(await client.piece(key, place, { body: file.slice(at, at + PIECE_BYTES), signal }));
    }
    await client.complete(key, id, tags);
  } catch (error) {
    // What stays after this fails too is for the store's own rule on unfinished uploads.
    await client.abandon(key, id).catch(() => undefined);
    throw error;
  }
}
type Source = Readonly<{ file: Blob; signal: AbortSignal | undefined }>;
export type LocalFile = Readonly<{ path: string; signal: AbortSignal | undefined }>;

/** Puts a file under a key: there as a whole, or not at all. */
export async function uploadFile(client: S3Client, key: string, { path, signal }: LocalFile): Promise<void> {
  const file = await openAsBlob(path);
  if (file.size > PIECE_BYTES) return inPieces(client, key, { file, signal });
  return client.put(key, file.size === 0 ? '' : file, signal);
}
