import {
  BrowsePublic,
  GetPrincipal,
  GetRenderJob,
  ListEffects,
  ListGearTags,
  UPLOAD_BYTES,
  WORKSPACE_LIMITS,
} from '@gts/contracts';
import { type Context, type ContextName, GUEST, hasCode, kindOf, SYSTEM_TENANT } from '@gts/kernel';
import { z } from 'zod';
import { docsPage } from '../docs/docs-page';
import { styleSheet } from '../docs/html';
import { openApi } from '../docs/openapi';
import { problemPage, problemRow } from '../docs/problem-page';
import { http } from '../errors';
import { assertOperator } from '../operators-network';
import type { Ports } from '../ports';
import { PEOPLE_PER_ADDRESS, perMinute, UNKNOWN_CREDENTIALS_PER_MINUTE } from '../rate-limits';
import { type Answer, route, type Route } from '../route';
import { CHUNK_BYTES } from '../uploads/tus';

const limits = {
  perMinute,
  peoplePerAddress: PEOPLE_PER_ADDRESS,
  unknownCredentialsPerMinute: UNKNOWN_CREDENTIALS_PER_MINUTE,
  requestLineBytes: 8192,
  headerBytes: 16_384,
  bodyBytes: 262_144,
  jsonDepth: 20,
  findings: 100,
  deadlineMs: 10_000,
  listItems: { most: 100, default: 25 },
  cursorHours: 24,
  uploadBytes: UPLOAD_BYTES,
  uploadChunkBytes: CHUNK_BYTES,
  uploadHours: 24,
  fileBytes: 10 * 1024 * 1024,
  stagedHours: 1,
  eventTopics: 20,
  eventStreams: 6,
  idempotencyHours: 24,
  shootout: {
    tones: { least: 2, most: 16 },
    titleLength: 255,
    renderSeconds: 480,
    perTenant: WORKSPACE_LIMITS.shootouts,
    activeRuns: WORKSPACE_LIMITS.activeRuns,
  },
  diTrack: {
    bytes: UPLOAD_BYTES,
    seconds: { least: 1, most: 120 },
    perDay: WORKSPACE_LIMITS.diTracksPerDay,
    tenantBytes: WORKSPACE_LIMITS.diBytes,
  },
  signalChain: { blocks: 12, captures: 4, perTenant: WORKSPACE_LIMITS.signalChains },
  gear: { namBytes: 5 * 1024 * 1024, irBytes: 10 * 1024 * 1024, perTenant: WORKSPACE_LIMITS.gear },
  apiTokens: WORKSPACE_LIMITS.apiTokens,
} as const;

type State = 'up' | 'degraded' | 'down';

/** One cheap question a context; every answer but "nobody is there" shows that it lives. */
const questions: Readonly<Record<ContextName, (ports: Ports, ctx: Context) => Promise<unknown>>> = {
  identity: ({ rpc }, ctx) => rpc.call(GetPrincipal, {}, ctx),
  'gear-catalog': ({ rpc }, ctx) => rpc.call(ListGearTags, { limit: 1 }, ctx),
  'signal-chains': ({ rpc }, ctx) => rpc.call(ListEffects, {}, ctx),
  shootouts: ({ rpc }, ctx) => rpc.call(BrowsePublic, { limit: 1, sort: 'newest' }, ctx),
  rendering: ({ rpc }, ctx) => rpc.call(GetRenderJob, GetRenderJob.data.parse(GetRenderJob.example), ctx),
};

async function stateOf(ask: () => Promise<unknown>): Promise<State> {
  try {
    await ask();
    return 'up';
  } catch (error) {
    if (kindOf(error) !== 'unavailable') return 'up';
    return hasCode(error, 'BUS.NO_RESPONDERS') || hasCode(error, 'BUS.TIMEOUT') || hasCode(error, 'BUS.DISCONNECTED')
      ? 'down'
      : 'degraded';
  }
}

async function status(ports: Ports): Promise<Answer> {
  const nobody = { address: '', label: '', kind: 'guest' } as const;
  const ctx: Context = {
    tenantId: SYSTEM_TENANT,
    actor: { kind: 'user', id: GUEST },
    scopes: [],
    correlationId: ports.newId<'Correlation'>(),
    deadline: ports.clock.epochMs() + 1500,
    token: await ports.tokens.forCaller(nobody),
  };
  const asked = Object.entries(questions).map(
    async ([name, ask]) => [name, await stateOf(() => ask(ports, ctx))] as const,
  );
  return { json: { version: ports.settings.version, contexts: Object.fromEntries(await Promise.all(asked)) } };
}

const html = (text: string): Answer => ({
  content: { type: 'text/html; charset=utf-8', bytes: Buffer.from(text), compress: true },
  headers: { 'cache-control': 'no-cache' },
});

const common = { method: 'GET', who: 'G', tag: 'gateway' } as const;
const shown = { ...common, produces: 'text/html' } as const;
const health = { ...common, bucket: 'none', reply: z.looseObject({}) } as const;

const aboutRoutes: readonly Route[] = [
  route({
    ...common,
    path: '/limits',
    operationId: 'GetLimits',
    summary: 'Every limit of the API and the product.',
    reply: z.looseObject({}),
    act: () => Promise.resolve({ json: limits }),
  }),
  route({
    ...common,
    path: '/status',
    operationId: 'GetStatus',
    summary: 'Which parts of the system answer.',
    reply: z.strictObject({ version: z.string(), contexts: z.record(z.string(), z.enum(['up', 'degraded', 'down'])) }),
    act: (_, ports) => status(ports),
  }),
];

let document: ReturnType<typeof openApi> | undefined;

const docRoutes = (all: () => readonly Route[]): readonly Route[] => [
  route({
    ...common,
    path: '/openapi.json',
    operationId: 'GetOpenApi',
    summary: 'This API as OpenAPI 3.1.',
    reply: z.looseObject({ openapi: z.string() }),
    act: () =>
      Promise.resolve({
        json: (document ??= openApi(all())),
        headers: { 'cache-control': 'no-cache', 'access-control-allow-origin': '*' },
      }),
  }),
  route({
    ...shown,
    path: '//docs',
    operationId: 'ShowDocs',
    summary: 'This API for people.',
    act: () => Promise.resolve(html(docsPage(all()))),
  }),
  route({
    ...shown,
    path: '//docs/style.css',
    operationId: 'ShowDocsStyle',
    summary: 'How our own pages look.',
    produces: 'text/css',
    act: () =>
      Promise.resolve({
        content: { type: 'text/css; charset=utf-8', bytes: Buffer.from(styleSheet) },
        headers: { 'cache-control': 'public, max-age=3600' },
      }),
  }),
];

const problemRoutes: readonly Route[] = [
  route({
    ...shown,
    path: '//problems/{code}',
    operationId: 'ShowProblem',
    summary: 'What a problem code means and what to do.',
    params: { code: z.string().regex(/^[A-Z]{2,20}\.[A-Z0-9_]{2,60}$/) },
    example: { params: { code: 'HTTP.NOT_FOUND' } },
    act: async ({ params }, { reference }) => {
      const row = problemRow(params['code'] ?? '', (await reference.read('errors.md'))?.bytes.toString());
      if (!row) throw http.NOT_FOUND();
      return html(problemPage(row));
    },
  }),
];

const healthRoutes: readonly Route[] = [
  route({
    ...health,
    path: '//health/live',
    operationId: 'GetLiveness',
    summary: 'Whether the process works.',
    act: async ({ caller }, { settings }) => {
      assertOperator(caller.address, settings.trustedProxies);
      return { json: { live: true } };
    },
  }),
  route({
    ...health,
    path: '//health/ready',
    operationId: 'GetReadiness',
    summary: 'Whether requests can be served, and what is missing.',
    act: async ({ caller }, { readiness, settings }) => {
      assertOperator(caller.address, settings.trustedProxies);
      const report = readiness();
      const serves = report.status === 'ready' || report.status === 'degraded';
      return { status: serves ? 200 : 503, json: report };
    },
  }),
];

/** What the product says about itself; the document describes the whole table, these rows included. */
export const platformRoutes = (all: () => readonly Route[]): readonly Route[] => [
  ...aboutRoutes,
  ...docRoutes(all),
  ...problemRoutes,
  ...healthRoutes,
];
