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
  '.wav': 'audio/wav',
  '.nam': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.map': 'application/json',
};
type Kept = Readonly<{ bytes: Buffer; type: string; hash: string; changedMs: number }>;

/** Files of one folder and those below it, kept in memory until they change; only types that we know. */
export function folder(root: string): StaticFiles {
  const kept = new Map<string, Kept>();
  return {
    async read(path) {
      const file = resolve(root, path);
      const type = types[extname(file)];
      if (type === undefined || !file.startsWith(root + sep) || !/^[\w./-]+$/.test(path)) return null;
      const changedMs = await changeOf(file);
      if (changedMs === undefined) return null;
      const known = kept.get(file);
      if (known?.changedMs === changedMs) return known;
      const bytes = await readFile(file);
      const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
      kept.set(file, { bytes, type, hash, changedMs });
      return { bytes, type, hash };
    },
  };
}

async function changeOf(file: string): Promise<number | undefined> {
  const found = await stat(file, { bigint: false }).catch(() => undefined);
  return found?.isFile() ? found.mtimeMs : undefined;
}
