import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { ensureKubectl } from './kubectl.ts';
import { root, runProgram } from './run-program.ts';

const metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
});
const manifest = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata });

/** One object of the cluster as it stands in a manifest. */
export type Manifest = z.output<typeof manifest>;

export const OVERLAYS = ['dev', 'prod'] as const;
export const nameOf = ({ kind, metadata: { name } }: Manifest): string => `${kind} ${name}`;
export const ofKind = (manifests: readonly Manifest[], ...kinds: readonly string[]): readonly Manifest[] =>
  manifests.filter(({ kind }) => kinds.includes(kind));

/** @throws Error for text that is no YAML, ZodError for a document that is no manifest */
function manifestsOf(text: string): readonly Manifest[] {
  const documents = parseAllDocuments(text, { merge: true });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    for (const error of document.errors) throw error;
    return manifest.parse(document.toJS());
  });
}
export const manifestsIn = (file: string): readonly Manifest[] => manifestsOf(readFileSync(join(root, file), 'utf8'));

/** What `kubectl kustomize` makes of a folder. @throws Error with what it said */
export function rendered(folder: string): readonly Manifest[] {
  const ended = runProgram(ensureKubectl(), ['kustomize', folder]);
  if (!ended?.ok) throw new Error(`kubectl kustomize ${folder} failed:\n${ended?.text ?? 'it does not start'}`);
  return manifestsOf(ended.stdout);
}
