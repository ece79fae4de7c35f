#!/usr/bin/env node
// How-to: docs/rolling-drill.md. `npm run drill:rolling [-- --only SIGTERM|SIGKILL] [--json] [--keep]`
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchMachine } from '../bench/rows.mjs';
import { mongoForTests } from '../lib/mongo.mjs';
import { CONTEXTS, evidenceOf, faultsIn, openStores } from './effects.mjs';
import { newLedger, prepareLoad } from './load.mjs';
import { startReplicas } from './replicas.mjs';
import { makeUsers } from './users.mjs';

const help = `Usage: npm run drill:rolling -- [--only SIGTERM|SIGKILL] [--json] [--keep]

Replaces every replica of every service once while people read, create and render: by SIGTERM, which must not be
noticed, then by SIGKILL, which must be, or the drill is blind. Exit 1 where either is not so.
  --only    one of both
  --json    one line instead of tables
  --keep    leave data and logs in their folder
`;
const LEAST_LOAD_MS = 8000;
const AROUND_MS = 1000;
const SIGNALS = ['SIGTERM', 'SIGKILL'];
const say = (line) => void process.stderr.write(`${line}\n`);

function options() {
  const settings = { only: { type: 'string' }, json: { type: 'boolean' }, keep: { type: 'boolean' } };
  try {
    const { values } = parseArgs({ options: settings });
    if (values.only === undefined || SIGNALS.includes(values.only)) return values;
  } catch {
    // Told below.
  }
  process.stderr.write(help);
  return process.exit(2);
}

/** Replaces the first replica of every service at once, then the second, under load that goes on around it. */
async function underLoad(stack, signal, start) {
  const since = performance.now();
  const load = start();
  const replaced = [];
  for (const wave of stack.waves) {
    await sleep(AROUND_MS);
    const changes = await Promise.all(wave.map(({ service, place }) => stack.replace(service, place, signal)));
    for (const { service, place, code, ms } of changes)
      say(`  ${signal} ${service}-${place}: exit ${code}, replaced in ${ms} ms`);
    replaced.push(...changes);
  }
  await sleep(Math.max(AROUND_MS, LEAST_LOAD_MS - (performance.now() - since)));
  const seconds = (performance.now() - since) / 1000;
  await load.end();
  return { replaced, seconds };
}

async function measured(signal, { dataDir, users, stores }) {
  const ledger = newLedger();
  const stack = await startReplicas(dataDir, users.storeUrlOf);
  try {
    const start = await prepareLoad(stack.url, ledger);
    const before = ledger.requests;
    const end = watchMachine();
    const { replaced, seconds } = await underLoad(stack, signal, start);
    const machine = end();
    const evidence = await evidenceOf(stack.broker, stores, ledger.followers);
    const requests = ledger.requests - before;
    return { signal, seconds, requests, replaced, ledger, evidence, machine, ...faultsIn(evidence, ledger) };
  } finally {
    await Promise.all(ledger.followers.map((each) => each.stop()));
    await stack.stop();
  }
}

async function drill(signal, mongo, keep) {
  // What a killed process held comes again after so long; what a stopped one held it gives back at once.
  process.env.ACK_WAIT = signal === 'SIGKILL' ? '5s' : '30s';
  const dataDir = mkdtempSync(join(tmpdir(), 'gts-drill-'));
  const stores = await openStores(mongo);
  const users = await makeUsers(mongo, CONTEXTS);
  try {
    return await measured(signal, { dataDir, users, stores });
  } finally {
    await users.drop();
    await stores.drop();
    if (keep) say(`  data and logs: ${dataDir}`);
    else rmSync(dataDir, { recursive: true, force: true });
  }
}

const row = (id, value, { unit, must, ok }) => ({ id, value, unit, must, ok });
const some = (id, value, unit) => row(id, value, { unit, must: '> 0', ok: value > 0 });
const none = (id, list, unit) => row(id, list.length, { unit, must: 0, ok: list.length === 0 });

function rowsOf({ signal, seconds, requests, replaced, ledger, evidence, lost, repeated, outOfOrder }) {
  const id = (what) => `${signal.toLowerCase()}-${what}`;
  const failed = ledger.failures.length;
  const wanted =
    signal === 'SIGTERM'
      ? row(id('failed-requests'), failed, { unit: `of ${requests}`, must: 0, ok: failed === 0 })
      : row(id('failed-requests'), failed, { unit: `of ${requests}`, must: '> 0', ok: failed > 0 });
  const notices = ledger.followers.flatMap((each) => each.notices);
  const anew = notices.filter(({ event }) => event === 'resync').length;
  const changes = [...ledger.edits.values()].reduce((sum, { confirmed }) => sum + confirmed, 0);
  const reopened = ledger.followers.reduce((sum, each) => sum + each.opened() - 1, 0);
  const codes = replaced.filter(({ code }) => code !== 0);
  const rendered = ledger.renders.filter(({ status }) => status === 'COMPLETED').length;
  return [
    wanted,
    none(id('lost-effects'), lost, `of ${evidence.messages.length} messages`),
    none(id('repeated-effects'), repeated, 'effects'),
    none(id('out-of-order'), outOfOrder, 'aggregates'),
    row(id('dead-letters'), evidence.deadLetters, { unit: 'messages', must: 0, ok: evidence.deadLetters === 0 }),
    ...(signal === 'SIGTERM' ? [none(id('bad-exits'), codes, `of ${replaced.length} replicas`)] : []),
    some(id('rendered'), rendered, `of ${ledger.renders.length}`),
    some(id('notices'), notices.length, `to ${ledger.followers.length} readers`),
    some(id('reopened'), reopened, `event streams, ${anew} from a snapshot`),
    some(id('changes'), changes, 'of chains that somebody follows'),
    some(id('created'), ledger.chains.size, 'chains'),
    row(id('load-s'), Number(seconds.toFixed(1)), { unit: 's', must: '>= 8', ok: seconds >= LEAST_LOAD_MS / 1000 }),
    row(id('slowest-ms'), Math.round(ledger.slowestMs), { unit: 'ms', must: '-', ok: true }),
  ];
}

function details({ ledger, lost, repeated, outOfOrder }) {
  const counts = Map.groupBy(ledger.failures, (each) => each);
  for (const [what, list] of counts) say(`  failed ${list.length} x ${what}`);
  for (const [title, list] of Object.entries({ lost, repeated, outOfOrder }))
    for (const each of list.slice(0, 20)) say(`  ${title}: ${each}`);
}

async function main({ only, json = false, keep = false }) {
  const mongo = mongoForTests();
  await mongo.ready();
  const { MONGODB_URI, MONGODB_LACK } = process.env;
  if (!MONGODB_URI) {
    // Why was told on this very line. A machine that cannot is no failure; a server that does not start is one.
    process.exitCode = MONGODB_LACK === undefined ? 1 : 0;
    return say('the drill is not run');
  }
  const results = [];
  try {
    for (const signal of only ? [only] : SIGNALS) {
      const address = new URL(MONGODB_URI);
      address.pathname = `/drill_${process.pid}_${signal.toLowerCase()}`;
      const result = await drill(signal, address.href, keep);
      details(result);
      results.push(result);
    }
  } finally {
    await mongo.stop();
  }
  const rows = results.flatMap(rowsOf);
  const ok = rows.every((each) => each.ok);
  const machine = results.map((each) => each.machine);
  if (json) process.stdout.write(`${JSON.stringify({ bench: 'drill-rolling', rows, ok, machine })}\n`);
  else console.table(rows);
  process.exitCode = ok ? 0 : 1;
}

await main(options());
