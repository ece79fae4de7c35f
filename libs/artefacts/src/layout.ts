import { join } from 'node:path';

const SHA256 = /^[0-9a-f]{64}$/;

/** Whether the text may become a file name: nothing else ever reaches the disk. */
export const isSha256 = (text: string): boolean => SHA256.test(text);

/** Where things lie under the root; `<root>/ab/cd/<sha256>` for content. */
export const layout = (root: string) => ({
  root,
  temporary: join(root, '.tmp'),
  marks: join(root, '.marks'),
  content: (sha256: string): string => join(root, sha256.slice(0, 2), sha256.slice(2, 4), sha256),
  mark: (context: string, sha256: string): string => join(root, '.marks', context, sha256.slice(0, 2), sha256),
});
export type Layout = ReturnType<typeof layout>;
