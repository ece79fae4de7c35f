// `npm test`: set-up, check, integration, end to end. Closes on the true count of tests.
import { check } from './check.mjs';
import { containerTier } from './images/container-tier.ts';
import { engineLack } from './images/test-engine.ts';
import { newerBroker } from './lib/broker-tier.mjs';
import { endToEnd } from './lib/e2e-tier.mjs';
import { mongoForTests } from './lib/mongo.mjs';
import { chosenMongoTier } from './lib/mongo-tier.mjs';
import { ensureOpsPrograms, olderNode, programs } from './lib/programs.mjs';
import { run, skip, summary } from './lib/run.mjs';
import { step } from './lib/steps.mjs';

await step('Looking for broker, ffmpeg, browser, curl, jq and openssl', async () =>
  programs('nats-server', 'ffmpeg', 'chromium', 'curl', 'jq', 'openssl'),
);
await step('Looking for promtool, shellcheck and yamllint', async () => ensureOpsPrograms());
await step('Looking for Node 22, whose bits are compared', async () => olderNode());
const mongo = mongoForTests();
await check();
await step('Waiting for the MongoDB wire server', () => mongo.ready());
const integration = await run('integration tests', 'jest', ['--selectProjects', 'int', '--testTimeout', '30000']);
await newerBroker();
const engine = await engineLack();
if (engine === undefined) await containerTier(false);
else skip('the tiers in containers', `${engine}; npm run test:containers starts podman`);
await chosenMongoTier([integration, ...(await endToEnd())]);
await mongo.stop();
process.exitCode = summary();
