// `npm run ops:verify`: the checks of operations files, with --static those that need no container. Exit 1 where one
// finds a fault, or does not find the fault of its broken fixture.
import { spawnSync } from 'node:child_process';
import { Missing } from './programs.ts';
import { releaseRow, type Row, rows } from './rows.ts';
import { root, runProgram } from './run-program.ts';

const help = `Usage: npm run ops:verify -- [--static] [--release]

Checks manifests, compose file, alert rules, scripts and the broker's configuration; then images, their confinement and
the compose stack (npm run images:verify, npm run compose:podman -- test), which takes half an hour.
--static   nothing that needs a container
--release  also refuses a prod overlay whose images nobody named (npm run images:name)
`;
const out = (text: string) => void process.stdout.write(`${text}\n`);
const odd = process.argv.slice(2).find((each) => !['--static', '--release'].includes(each));

/** Rows 10 to 12 bring their own faults and say what they find as they go. */
const inContainers = (id: number, title: string, ...args: readonly string[]): Row => ({
  id,
  title,
  real: () => {
    if (!runProgram('podman', ['--version'])) throw new Missing('podman is not installed');
    const { status } = spawnSync(process.execPath, [...args], { cwd: root, stdio: 'inherit' });
    return status === 0 ? [] : [`node ${args.join(' ')} failed`];
  },
  broken: [],
});
const wanted = [
  ...rows,
  ...(process.argv.includes('--release') ? [releaseRow] : []),
  ...(process.argv.includes('--static')
    ? []
    : [
        inContainers(10, 'images', 'tools/images/verify.ts'),
        inContainers(11, 'confinement, compose stack and its drills', 'tools/images/compose.ts', 'test'),
      ]),
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
