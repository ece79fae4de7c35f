// `npm run test:containers [-- --all]`: broker and store tests on containers; with --all whatever has a store, too.
// Without an engine: one line that says what is missing, counted as skipped.
import { skip, summary } from '../lib/run.mjs';
import { containerTier } from './container-tier.ts';
import { testEngine } from './test-engine.ts';

const engine = await testEngine();
if (typeof engine === 'string') skip('the tiers in containers', engine);
else
  try {
    process.stdout.write(`containers by ${engine.name}\n`);
    await containerTier(process.argv.includes('--all'));
  } finally {
    await engine.stop();
  }
process.exitCode = summary();
