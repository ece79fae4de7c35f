// Preloaded into every process of a stack under test (NODE_OPTIONS=--require): stops a service at a crash point.
// Plans lie in <GTS_DATA_DIR>/crash/<service>/<point>, the content says how many passages to let go by first.
const { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { isMainThread } = require('node:worker_threads');

// A thread does not know its program yet when it is preloaded: it hears from the process.
const service =
  /services\/([a-z-]+)\/dist\/bundle\/main\.js$/.exec(process.argv[1] ?? '')?.[1] ?? process.env.CRASH_SERVICE;
const folder = join(process.env.GTS_DATA_DIR ?? '', 'crash');

const die = (why) => {
  appendFileSync(join(folder, 'died'), `${service} ${why}\n`);
  process.kill(process.pid, 'SIGKILL');
};

/** Twice the broker's patience of such a stack (crash.ts), and what a busy machine may take. */
const [HANG_MS, SLOW_MS] = [4000, 500];
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a broken release does with one input: throws, or takes its whole process along; what a sick machine does. */
const acts = {
  kill: die,
  refuse: () => {
    const refusal = { kind: 'invalid', code: 'TEST.REFUSED', [Symbol.for('gts.error')]: true };
    throw Object.assign(new Error('refused by the test'), refusal);
  },
  throw: (point) => {
    throw new Error(`thrown at ${point}`);
  },
  hang: () => wait(HANG_MS),
  slow: () => wait(SLOW_MS),
};
function probe(point) {
  const plan = join(folder, service, point);
  if (!existsSync(plan)) return;
  const { act, passages } = JSON.parse(readFileSync(plan, 'utf8'));
  if (passages > 0) return writeFileSync(plan, JSON.stringify({ act, passages: passages - 1 }));
  rmSync(plan); // once
  return acts[act](point);
}

/** Bytes that hold a marked word kill whoever parses them, as long as the file `poison` lies there. */
function poison() {
  const parse = JSON.parse;
  JSON.parse = (text, reviver) => {
    if (typeof text === 'string' && text.includes('gts-poison') && existsSync(join(folder, 'poison'))) die('poison');
    return parse(text, reviver);
  };
}

if (service && process.env.GTS_DATA_DIR) {
  if (isMainThread) {
    process.env.CRASH_SERVICE = service;
    mkdirSync(join(folder, service), { recursive: true });
    writeFileSync(join(folder, `${service}.pid`), String(process.pid));
    globalThis[Symbol.for('gts.probe')] = probe;
  }
  if (service === 'rendering') poison();
}
