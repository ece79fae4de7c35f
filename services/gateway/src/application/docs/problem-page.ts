import { errorRows, statusOf } from '@gts/kernel';
import { narrowed } from '../errors';
import { escape, page } from './html';

type Row = Readonly<{ code: string; kind: string; status: string; summary: string; advice: string }>;

/** What is known of a code: from the tables of this process, else from the generated `docs/errors.md`. */
export function problemRow(code: string, table: string | undefined): Row | undefined {
  const own = errorRows().find((row) => row.code === code);
  if (own) return { ...own, status: String(narrowed[code] ?? statusOf(own.kind)) };
  const line = (table ?? '').split('\n').find((each) => each.startsWith(`| \`${code}\` |`));
  if (line === undefined) return undefined;
  const [, , kind = '', status = '', summary = '', advice = ''] = line.split('|').map((cell) => cell.trim());
  return { code, kind, status, summary, advice };
}

/** The page that `type` of a problem leads to. */
export const problemPage = ({ code, kind, status, summary, advice }: Row): string =>
  page(
    code,
    `<h1><code>${escape(code)}</code></h1>
<p>${escape(summary)}</p>
<table>
<tr><th>Status</th><td>${escape(status)}</td></tr>
<tr><th>Kind</th><td>${escape(kind)}</td></tr>
<tr><th>What to do</th><td>${escape(advice === '' ? 'Read the detail of the problem.' : advice)}</td></tr>
</table>
<p><a href="/docs">API</a></p>`,
  );
