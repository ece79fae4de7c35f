// `npm run ops:verify`: the checks of operations files, with --static those that need no container. Exit 1 where one
// finds a fault, or does not find the fault of its broken fixture.
import { containerRows } from './container-rows.ts';
import { Missing } from './programs.ts';
import { releaseRow, type Row, rows } from './rows.ts';

const help = `Usage: npm run ops:verify -- [--static] [--release]

Checks manifests, compose file, alert rules, scripts and the broker's configuration; then images, their confinement and
the compose stack, tests on containers and on MongoDB (npm run images:verify, npm run compose:podman -- test,
test:containers, test:mongo), which takes an hour.
--static   nothing that needs a container
--release  also refuses a prod overlay whose images nobody named (npm run images:name)
`;
const out = (text: string) => void process.stdout.write(`${text}\n`);
const odd = process.argv.slice(2).find((each) => !['--static', '--release'].includes(each));

const wanted = [
  ...rows,
  ...(process.argv.includes('--release') ? [releaseRow] : []),
  ...(process.argv.includes('--static') ? [] : containerRows),
];
if (odd !== undefined) {
  process.stderr.write(help);
  process.exit(odd === '--help' ? 0 : 2);
}

async function checked({ title, real, broken }: Row): Promise<readonly string[]> {
  const faults = await real();
  const planted = await Promise.all(broken.map(async (each) => each()));
  const missed = planted.filter((found) => found.length === 0).length;
  return missed === 0 ? faults : [...faults, `${title}: does not refuse ${missed} of its broken fixtures`];
}

async function run(row: Row): Promise<boolean> {
  const start = performance.now();
  const title = `${String(row.id).padStart(2)}  ${row.title}`;
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(2)} s`;
  try {
    const faults = await checked(row);
    out(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${title}  ${seconds()}`);
    for (const fault of faults) out(`       ${fault}`);
    return faults.length === 0;
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    out(`skip ${title}: ${error.message}`);
    return true;
  }
}

const results: boolean[] = [];
for (const row of wanted) results.push(await run(row));
process.exitCode = results.every(Boolean) ? 0 : 1;
