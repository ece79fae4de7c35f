// docs/openapi.json: the route table of the gateway as OpenAPI 3.1.
import { createRequire } from 'node:module';
import { stableJson } from '../lib/stable.mjs';

const require = createRequire(import.meta.url);

export function openapi() {
  const { routes } = require('../../services/gateway/dist/application.js');
  const { openApi } = require('../../services/gateway/dist/application/docs/openapi.js');
  return stableJson(openApi(routes));
}
