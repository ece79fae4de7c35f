import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './support/eventually';
import { aTake, inspected, record, rendered, tinyChain } from './support/main-job';
import { type Person, signedIn } from './support/people';
import { startStack } from './support/stack';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CLIENT = '00f067aa0ba902b7';
type Span = Readonly<{
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parent?: string;
  attributes: Readonly<Record<string, string>>;
}>;
type Line = Readonly<{ service: string; trace_id?: string; msg: string; type?: string; consumer?: string }>;

const folder = mkdtempSync(join(tmpdir(), 'gts-trace-'));
const dataDir = join(folder, 'data');
let spans: readonly Span[];
let lines: readonly Line[];

const parsed = <T>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as T);

/** Montage, video and picture follow after the end of the render, in the same trace. */
const enriched = (person: Person, id: string) =>
  eventually(
    async () => (await person.ask('GET', `/public/shootouts/${id}`)).body['enrichments'] as { status: string }[],
    (found) => found.length === 3 && found.every(({ status }) => status === 'READY'),
  );

beforeAll(async () => {
  const file = join(folder, 'spans.jsonl');
  const stack = await startStack({ dataDir, keep: true, env: { TRACES_FILE: file, LOG_LEVEL: 'debug' } });
  try {
    const ada = await signedIn(stack.url, 'ada');
    const chains = [await tinyChain(ada, 31), await tinyChain(ada, 32)];
    const diTrackId = await record(ada, aTake(330));
    await inspected(ada, diTrackId);
    const selections = chains.map((signalChainId) => ({ signalChainId }));
    const { body } = await ada.post('/shootouts', { title: 'Traced', diTrackId, selections });
    const id = String(body['id']);
    const asked = await ada.post(`/shootouts/${id}/render`, {}, { traceparent: `00-${TRACE}-${CLIENT}-01` });
    expect([asked.status, asked.headers.get('trace-id')]).toEqual([202, TRACE]);
    expect(await rendered(ada, id)).toBe('COMPLETED');
    await enriched(ada, id);
  } finally {
    await stack.stop();
  }
  spans = parsed<Span>(file).filter((span) => span.traceId === TRACE);
  const logs = join(dataDir, 'logs');
  lines = readdirSync(logs)
    .flatMap((name) => parsed<Line>(join(logs, name)))
    .filter((line) => line.trace_id === TRACE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const step = ({ service, name }: Span): string => `${service}: ${name}`;
const parentOf = ({ parent }: Span): Span | undefined => spans.find((span) => span.spanId === parent);
const pathTo = (span: Span): string[] => {
  const above = parentOf(span);
  return [...(above ? pathTo(above) : []), step(span)];
};

test('every span of the trace hangs below the request of the client', () => {
  const roots = spans.filter((span) => !parentOf(span));
  expect(roots.map(({ service, name, parent }) => [service, name, parent])).toEqual([
    ['gateway', 'POST /api/v1/shootouts/{id}/render', CLIENT],
  ]);
});

test('from the request to the finished render: request/reply, outbox, stream, saga, work, one below the other', () => {
  const end = spans.find(
    ({ name, attributes }) =>
      name.endsWith('.ShootoutFinalised') &&
      attributes['messaging.consumer.group.name'] === 'shootouts__render-shootout',
  );
  expect(end ? pathTo(end) : []).toEqual([
    'gateway: POST /api/v1/shootouts/{id}/render',
    'gateway: call shootouts.RenderShootout',
    'shootouts: serve shootouts.RenderShootout',
    'shootouts: process evt.shootouts.*.Shootout.ShootoutRenderRequested',
    'signal-chains: process cmd.signal-chains.SnapshotChains',
    'shootouts: process evt.signal-chains.*.ChainSnapshot.ChainsSnapshotted',
    'gear-catalog: process cmd.gear-catalog.HoldGearModels',
    'shootouts: process evt.gear-catalog.*.GearHold.GearModelsHeld',
    'rendering: process cmd.rendering.RenderShootout',
    'rendering: process cmd.rendering.PrepareRender',
    'rendering: process cmd.rendering.RenderChain',
    'rendering: process cmd.rendering.FinishRender',
    'shootouts: process evt.rendering.*.RenderJob.RenderJobCompleted',
    'shootouts: process cmd.shootouts.FinaliseShootout',
    'shootouts: process evt.shootouts.*.Shootout.ShootoutFinalised',
  ]);
});

test('lines of log of every context on the way carry the same trace id', () => {
  const told = new Set(lines.map(({ service }) => service));
  expect([...told].sort()).toEqual(['gear-catalog', 'rendering', 'shootouts', 'signal-chains']);
  expect(lines.some(({ consumer }) => consumer === 'shootouts__render-shootout')).toBe(true);
});

test('every piece of work of the render and of what follows it told its end, once', () => {
  const done = lines.filter(({ msg }) => msg === 'work done').map(({ type }) => type ?? '');
  const beside = Array<string>(3).fill('EnrichRender');
  const wanted = [...beside, 'FinishRender', 'PrepareRender', 'RenderChain', 'RenderChain'];
  expect(done.sort()).toEqual(wanted.map((name) => `rendering.${name}`));
});
