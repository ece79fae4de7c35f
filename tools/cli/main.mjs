// gts: the command line. Talks HTTP to a running stack; see `help` below.
import { UsageError } from './arguments.mjs';
import { deadLetters } from './dead-letters.mjs';
import { demo } from './demo.mjs';
import { doctor } from './doctor.mjs';
import { ops } from './ops.mjs';
import { outbox } from './outbox.mjs';
import { renderJobs } from './render-jobs.mjs';
import { sagas } from './sagas.mjs';
import { shootout } from './shootout.mjs';
import { store } from './store.mjs';
import { topology } from './topology.mjs';

const help = `Usage: npm run -s gts -- <command> [options]

  shootout     render a DI through several signal chains and download the result
  doctor       say what of a running stack is well and what is not
  dlq          list, show, redrive and discard dead letters
  outbox       how many messages wait to be sent; list, release and skip quarantined ones
  saga         list, show, retry and cancel sagas
  render-jobs  list, show and cancel renders that wait or run
  demo         put the demo pack into a running stack
  topology     make or verify the streams and durables of the broker
  store        first steps of a MongoDB server: replica set, users
  ops          secrets of a deployment

  <command> --help tells the options of one command.

Environment
  GTS_URL     the stack's address (http://localhost:8080)
  GTS_TOKEN   an API token; without one the demo persona ada signs in, for operator commands cleo

Exit codes: 0 done, 1 the work failed, 2 wrong use, 3 the stack cannot be reached, 4 refused by the stack.
`;

const commands = {
  shootout,
  doctor,
  dlq: deadLetters,
  outbox,
  saga: sagas,
  'render-jobs': renderJobs,
  demo,
  topology,
  store,
  ops,
};

async function main([name, ...rest]) {
  if (!name || name === 'help' || name === '--help' || name === '-h') return void process.stdout.write(help);
  const command = commands[name];
  if (!command) throw new UsageError(`there is no command ${name}`, help);
  await command(rest);
}

function explain(error) {
  if (error instanceof UsageError) return [2, `${error.message}\n\n${error.help}`];
  if (error.name === 'Refused') return [4, error.message];
  if (error.name === 'ApiError') return [4, `${error.message}${advice(error)}`];
  if (error.cause?.code === 'ECONNREFUSED')
    return [
      3,
      `nothing answers at ${process.env.GTS_URL ?? 'http://localhost:8080'}: start it with npm start, or set GTS_URL`,
    ];
  return [1, error.message];
}

function advice({ status, problem }) {
  if (status === 401)
    return '\nSet GTS_TOKEN to a valid API token (scopes read, write, render; operator commands: ops).';
  if (status === 429) return '\nWait a little and try again.';
  return problem?.traceId ? `\nTrace id: ${problem.traceId}` : '';
}

main(process.argv.slice(2)).catch((error) => {
  const [code, text] = explain(error);
  process.stderr.write(`gts: ${text}\n`);
  process.exitCode = code;
});
