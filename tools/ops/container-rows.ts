// Rows 10 to 13 of operations.md §7: they need containers, say what they find as they go, and take their time.
import { spawnSync } from 'node:child_process';
import { withBrokenImages } from '../images/broken-images.ts';
import { freedomsOfUnconfined } from '../images/confined.ts';
import { Missing } from './programs.ts';
import type { Row } from './rows.ts';
import { root, runProgram } from './run-program.ts';

type Of = Readonly<{ id: number; title: string; broken: Row['broken'] }>;

/** What a program of this repository says by its exit status. */
function failed(args: readonly string[], planted?: NodeJS.ProcessEnv): readonly string[] {
  const stdio = planted ? 'ignore' : 'inherit';
  const { status } = spawnSync(process.execPath, [...args], { cwd: root, stdio, env: { ...process.env, ...planted } });
  return status === 0 ? [] : [`node ${args.join(' ')} failed`];
}

const rowOf = ({ id, title, broken }: Of, ...args: readonly string[]): Row => ({
  id,
  title,
  real: () => {
    if (!runProgram('podman', ['--version'])) throw new Missing('podman is not installed');
    return failed(args);
  },
  broken,
});

/** Every check of images finds what was planted for it. */
const brokenImages = () =>
  withBrokenImages((planted) => (planted.every(({ find }) => find().length > 0) ? ['each is refused'] : []));

const JEST = ['node_modules/jest/bin/jest.js', '--selectProjects', 'int', '--testPathPatterns'];
/** Where nobody listens: a tier that cannot reach what it tests must be red. */
const nobody = { MONGODB_URI: 'mongodb://127.0.0.1:9/?replicaSet=rs0&serverSelectionTimeoutMS=500' };
const brokenTier = () => failed([...JEST, 'persistence/src/mongo/opening'], nobody);

export const containerRows: readonly Row[] = [
  rowOf({ id: 10, title: 'images', broken: [brokenImages] }, 'tools/images/verify.ts'),
  rowOf(
    { id: 11, title: 'confinement, compose stack and its drills', broken: [freedomsOfUnconfined] },
    'tools/images/compose.ts',
    'test',
  ),
  rowOf({ id: 13, title: 'tests on containers', broken: [brokenTier] }, 'tools/images/test-containers.ts'),
  rowOf({ id: 13, title: 'tests on MongoDB', broken: [brokenTier] }, 'tools/test-mongo.mjs'),
];
