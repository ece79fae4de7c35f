// `npm run check`: everything static plus the unit tests.
import { run, summary } from './lib/run.mjs';

const steps = [
  ['format', 'prettier', ['--check', '.', '--log-level', 'warn']],
  ['build', 'tsc', ['-b', '--force']],
  ['build kernels', 'node', ['tools/wasm.mjs']],
  ['build bundles', 'node', ['tools/bundle.mjs']],
  ['build web', 'vite', ['build', 'services/web', '--logLevel', 'warn']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings', '--quiet']],
  ['boundaries', 'node', ['tools/check-boundaries.mjs']],
  ['lock file', 'node', ['tools/complete-lock.mjs', '--check']],
  ['unused', 'knip', ['--no-progress']],
  ['generated', 'node', ['tools/gen.mjs', '--check']],
  ['operations', 'node', ['tools/ops/verify.ts', '--static']],
  ['shape', 'node', ['tools/check-shape.mjs']],
  ['unit tests', 'jest', ['--selectProjects', 'unit', '--testTimeout', '5000']],
];

export async function check() {
  for (const [title, command, args] of steps) await run(title, command, args);
}

if (import.meta.main) {
  await check();
  process.exitCode = summary();
}
