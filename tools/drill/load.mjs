// People who read, create and render through the balancer, and a ledger of what each of them was told.
import { createHash, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../bootstrap.mjs';
import { until } from '../lib/api.mjs';
import { follow } from './follow.ts';

const require = createRequire(import.meta.url);
const PEOPLE = ['ada', 'ben', 'cleo'];
const ANSWER_WITHIN_MS = 30_000;
const READS = ['/signal-chains?limit=20', '/shootouts?limit=20', '/me', '/gear?source=demo&limit=20'];
const [READ_EVERY_MS, CREATE_EVERY_MS, EDIT_EVERY_MS, LOOK_EVERY_MS] = [100, 300, 1500, 300];
/** Creations a minute are bounded: so many renders a person. */
const MOST_RENDERS = 4;
const TAKE_SECONDS = 1.2;
const JSON_TYPE = 'application/json';
const TUS = { 'tus-resumable': '1.0.0' };

class Failed extends Error {}

/** What clients were told: requests, failures, outcomes of creations (an id, or unknown), and notices of changes. */
export const newLedger = () => ({
  requests: 0,
  slowestMs: 0,
  failures: [],
  chains: new Map(),
  renders: [],
  followers: [],
  edits: new Map(),
});

/** What a request sends; bodies are bytes or JSON. */
function sent(method, { headers, body, more }) {
  const json = body !== undefined && !(body instanceof Uint8Array);
  return {
    method,
    headers: { ...headers, ...(json && { 'content-type': JSON_TYPE }), ...more },
    ...(body !== undefined && { body: json ? JSON.stringify(body) : body }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  };
}

/** Status, code and findings of an answer that is not the wanted one. */
const refusalOf = ({ status }, json, text) =>
  [status, json.code ?? text.slice(0, 80), ...(json.errors ?? []).map((each) => each.code)].join(' ');

async function answerOf(url, init) {
  const response = await fetch(url, init);
  const text = await response.text();
  const json = (response.headers.get('content-type') ?? '').includes('json') && text ? JSON.parse(text) : {};
  if (!response.ok) throw new Failed(refusalOf(response, json, text));
  return { json, headers: response.headers };
}

/** Asks once, counts, and throws `Failed` for whatever is not the wanted answer. */
const asker =
  ({ url, headers, ledger }) =>
  async (method, path, { body, more } = {}) => {
    const since = performance.now();
    ledger.requests += 1;
    try {
      return await answerOf(`${url}/api/v1${path}`, sent(method, { headers, body, more }));
    } catch (error) {
      const where = path.replaceAll(/[0-9a-f-]{36}/g, '{id}').split('?')[0];
      ledger.failures.push(`${method} ${where}: ${error.cause?.code ?? error.message}`);
      throw new Failed(error.message);
    } finally {
      ledger.slowestMs = Math.max(ledger.slowestMs, performance.now() - since);
    }
  };

const withKey = (key = randomUUID()) => ({ 'idempotency-key': key });

async function signIn(url, persona, ledger) {
  const origin = { origin: url };
  const guest = asker({ url, headers: origin, ledger });
  const { json, headers } = await guest('POST', '/auth/demo/sign-in', { body: { persona }, more: withKey() });
  const cookie = headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const own = { ...origin, cookie };
  const failed = (why) => void ledger.failures.push(why);
  return {
    ask: asker({ url, headers: { ...own, 'x-csrf-token': json.csrfToken }, ledger }),
    follows: (topic) => void ledger.followers.push(follow({ url, headers: own, topic, failed })),
  };
}

const manifest = () => JSON.parse(readFileSync(join(root, 'deploy', 'demo', 'manifest.json'), 'utf8')).files;

/** Blocks of the demo pack: gear arrives by itself after the start. */
async function blocksOf(ask, files) {
  const blocks = [];
  for (const file of files) {
    const { sha256 } = manifest().find((each) => each.file === file);
    const page = await until(
      () => ask('GET', `/gear?source=demo&sha256=${sha256}`),
      ({ json }) => json.items.length > 0,
    );
    const [gear] = page.json.items;
    blocks.push({ kind: 'gear', role: gear.gearType, gearModelId: gear.models[0].id });
  }
  return blocks;
}

/** Creates a chain; before the answer its outcome is unknown. @returns its id */
async function createChain({ ask, ledger, blocks }) {
  const name = `Drill ${randomUUID()}`;
  ledger.chains.set(name, undefined);
  const { json } = await ask('POST', '/signal-chains', { body: { name, blocks }, more: withKey() });
  ledger.chains.set(name, json.id);
  return json.id;
}

/** Gives a chain another name; before the answer nobody knows whether it has it. */
async function edit({ ask, ledger, blocks, edited }) {
  const count = ledger.edits.get(edited);
  const { headers } = await ask('GET', `/signal-chains/${edited}`);
  const more = { 'if-match': headers.get('etag') };
  count.unknown += 1;
  await ask('PUT', `/signal-chains/${edited}`, { body: { name: `Drill ${randomUUID()}`, blocks }, more });
  count.unknown -= 1;
  count.confirmed += 1;
}

let takes = 0;
/** A recording that nobody made before. */
function aTake() {
  const { aTone, wavFile } = require('@gts/testing');
  const frequency = 110 + (takes++ % 400) * 1.7;
  return new Uint8Array(wavFile({ channels: [aTone(Math.round(TAKE_SECONDS * 48_000), frequency)], bits: 24 }));
}

async function upload(ask, bytes) {
  const named = `filename ${btoa(`take-${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}.wav`)}`;
  const more = { ...TUS, 'upload-length': String(bytes.length), 'upload-metadata': `${named},purpose ${btoa('di')}` };
  const id = (await ask('POST', '/uploads', { more })).headers.get('location').split('/').at(-1);
  const type = { 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
  await ask('PATCH', `/uploads/${id}`, { body: bytes, more: { ...TUS, ...type } });
  return id;
}

const settled = (ask, path, busy) =>
  until(
    async () => (await ask('GET', path)).json,
    ({ status }) => !busy.includes(status),
    { everyMs: LOOK_EVERY_MS },
  );

/** The main job from recording to result; its outcome stays unknown when an answer fails on the way. */
async function render({ ask, follows, ledger, chains }) {
  const entry = { shootoutId: undefined, asked: false, status: undefined };
  ledger.renders.push(entry);
  const uploadId = await upload(ask, aTake());
  const di = (await ask('POST', '/di-tracks', { body: { uploadId, name: 'Drill' }, more: withKey() })).json;
  await settled(ask, `/di-tracks/${di.id}`, ['INSPECTING']);
  const selections = chains.map((signalChainId) => ({ signalChainId }));
  const body = { title: `Drill ${randomUUID()}`, diTrackId: di.id, visibility: 'private', selections };
  entry.shootoutId = (await ask('POST', '/shootouts', { body, more: withKey() })).json.id;
  follows(`shootout:${entry.shootoutId}`);
  entry.asked = true;
  await ask('POST', `/shootouts/${entry.shootoutId}/render`, { body: {}, more: withKey() });
  entry.status = (await settled(ask, `/shootouts/${entry.shootoutId}`, ['DRAFT', 'PENDING', 'PROCESSING'])).status;
}

/** Repeats until told to stop; a failed request is in the ledger already, anything else is our own fault. */
async function repeatUntil(stopped, everyMs, work) {
  for (let nth = 0; !stopped(); nth++) {
    const next = sleep(everyMs);
    try {
      await work(nth);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
    }
    await next;
  }
}

/** Signs everybody in and makes what their renders play; what it answers starts the load. */
export async function prepareLoad(url, ledger) {
  const people = await Promise.all(
    PEOPLE.map(async (persona) => {
      const { ask, follows } = await signIn(url, persona, ledger);
      const clean = await blocksOf(ask, ['captures/clean-daybreak-22.nam', 'irs/1x12-open-back.wav']);
      const crunch = await blocksOf(ask, ['captures/crunch-quarryman-45.nam', 'irs/4x12-dynamic-on-axis.wav']);
      const made = { ask, ledger };
      const chains = [await createChain({ ...made, blocks: clean }), await createChain({ ...made, blocks: crunch })];
      // One chain that its owner keeps changing while another window of his follows it.
      const edited = await createChain({ ...made, blocks: clean });
      // Its name changes: it is judged by its changes.
      for (const [name, id] of ledger.chains) if (id === edited) ledger.chains.delete(name);
      ledger.edits.set(edited, { confirmed: 0, unknown: 0 });
      follows(`signal-chain:${edited}`);
      return { ask, follows, ledger, blocks: clean, chains, edited };
    }),
  );
  return () => {
    let over = false;
    const stopped = () => over;
    const loops = people.flatMap((person) => [
      repeatUntil(stopped, READ_EVERY_MS, (nth) => person.ask('GET', READS[nth % READS.length])),
      repeatUntil(stopped, CREATE_EVERY_MS, () => createChain(person)),
      repeatUntil(stopped, EDIT_EVERY_MS, () => edit(person)),
      repeatUntil(stopped, LOOK_EVERY_MS, (nth) => (nth < MOST_RENDERS ? render(person) : undefined)),
    ]);
    return { end: () => ((over = true), Promise.all(loops)) };
  };
}
