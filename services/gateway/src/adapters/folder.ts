import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import type { StaticFiles } from '../application/ports';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.map': 'application/json',
};
type Kept = Readonly<{ bytes: Buffer; type: string; hash: string; changedMs: number }>;

/** Files of one folder and those below it, kept in memory until they change; only types that we know. */
export function folder(root: string): StaticFiles {
  const kept = new Map<string, Kept>();
  return {
    async read(path) {
      const file = resolve(root, path);
      const type = types[extname(file)] ?? (file.endsWith('.md') ? 'text/markdown' : undefined);
      if (type === undefined || !file.startsWith(root + sep) || !/^[\w./-]+$/.test(path)) return null;
      try {
        const { mtimeMs } = await stat(file);
        const known = kept.get(file);
        if (known?.changedMs === mtimeMs) return known;
        const bytes = await readFile(file);
        const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
        const fresh = { bytes, type, hash, changedMs: mtimeMs };
        kept.set(file, fresh);
        return fresh;
      } catch (error) {
        if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
        throw error;
      }
    },
  };
}
