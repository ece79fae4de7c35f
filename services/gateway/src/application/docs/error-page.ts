import type { ProblemBody } from '../problem';
import { escape, page } from './html';

/** A problem for people who followed a link. */
export const errorPage = ({ status, title, detail, code, traceId, type }: ProblemBody): string =>
  page(
    `${status} ${title}`,
    `<h1>${escape(title)}</h1>
<p>${escape(detail)}</p>
<p><a href="${escape(type)}"><code>${escape(code)}</code></a> · status ${status} · trace <code>${escape(traceId)}</code></p>
<p><a href="/">To the start page</a></p>`,
  );
