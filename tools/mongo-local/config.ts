import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { MongoOptions } from './start.ts';

/** `withStdin`: who started us holds our standard input open, and its end is ours. */
export type Options = MongoOptions & Readonly<{ withStdin: boolean }>;

const ROOT = join(import.meta.dirname, '..', '..');

/** Reads arguments and environment. @throws TypeError for arguments that do not exist */
export function readOptions(log: (line: string) => void): Options {
  const { values } = parseArgs({
    options: {
      listen: { type: 'string', default: '127.0.0.1:0' },
      advertise: { type: 'string' },
      'tx-idle': { type: 'string', default: '60' },
      'with-stdin': { type: 'boolean', default: false },
    },
  });
  const [host = '', port = ''] = values.listen.split(/:(?=\d+$)/);
  return {
    cache: process.env['GTS_CACHE'] ?? join(ROOT, 'node_modules', '.cache', 'gts'),
    path: process.env['PATH'] ?? '',
    listen: { host, port: Number(port) },
    ...(values.advertise !== undefined && { advertise: values.advertise }),
    txIdleMs: Number(values['tx-idle']) * 1000,
    withStdin: values['with-stdin'],
    log,
  };
}
