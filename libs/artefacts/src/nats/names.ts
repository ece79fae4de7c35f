/** What an object of a bucket is called at the broker: the layout of NATS object stores, which their tools read. */
export const names = (bucket: string) => ({
  stream: `OBJ_${bucket}`,
  /** One message from any server that holds it. */
  direct: `$JS.API.DIRECT.GET.OBJ_${bucket}`,
  /** All chunks of one writing. */
  chunks: (nuid: string): string => `$O.${bucket}.C.${nuid}`,
  allChunks: `$O.${bucket}.C.>`,
  meta: (sha256: string): string => `$O.${bucket}.M.${Buffer.from(sha256).toString('base64url')}`,
  allMeta: `$O.${bucket}.M.>`,
  nuidOf: (subject: string): string => subject.slice(subject.lastIndexOf('.') + 1),
});
export type Names = ReturnType<typeof names>;
