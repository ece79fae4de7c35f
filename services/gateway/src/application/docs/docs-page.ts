import { addressOf, type Route } from '../route';
import { escape, page } from './html';

const who: Readonly<Record<Route['who'], string>> = {
  G: 'anybody',
  U: 'signed in',
  V: 'viewer of the workspace',
  E: 'editor of the workspace',
  O: 'owner of the workspace',
  self: 'the person concerned',
  A: 'administrator',
};

function row(route: Route): string {
  const flags = [route.idempotent ? 'Idempotency-Key' : '', route.lock ? 'If-Match' : ''].filter(Boolean).join(', ');
  const example =
    route.example.body === undefined ? '' : `<pre>${escape(JSON.stringify(route.example.body, null, 2))}</pre>`;
  return `<details id="${escape(route.operationId)}">
<summary><span class="method">${route.method}</span> <code>${escape(addressOf(route))}</code> ${escape(route.summary)}</summary>
<table>
<tr><th>Who</th><td>${who[route.who]}; token scope <code>${route.scope}</code></td></tr>
<tr><th>Answers</th><td>${route.status} ${escape(route.produces)}</td></tr>
<tr><th>Needs</th><td>${flags || 'nothing more'}</td></tr>
<tr><th>Rate</th><td><code>${route.bucket}</code>, see <a href="/api/v1/limits">/limits</a></td></tr>
<tr><th>Refusals</th><td>${route.codes.map((code) => `<a href="/problems/${escape(code)}"><code>${escape(code)}</code></a>`).join(', ') || 'the common ones'}</td></tr>
</table>
${example}
</details>`;
}

/** The browsable reference; everything in it is also in /api/v1/openapi.json. */
export function docsPage(routes: readonly Route[]): string {
  const tags = [...new Set(routes.map(({ tag }) => tag))];
  const sections = tags.map(
    (tag) =>
      `<h2 id="${tag}">${tag}</h2>\n${routes
        .filter((each) => each.tag === tag)
        .map(row)
        .join('\n')}`,
  );
  return page(
    'HTTP API',
    `<h1>HTTP API</h1>
<p>Machine-readable: <a href="/api/v1/openapi.json">openapi.json</a> (OpenAPI 3.1). Limits: <a href="/api/v1/limits">/limits</a>.</p>
<p>${tags.map((tag) => `<a href="#${tag}">${tag}</a>`).join(' · ')}</p>
${sections.join('\n')}`,
  );
}
