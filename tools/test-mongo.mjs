// `npm run test:mongo`: every integration and end-to-end test with its stores in files, then in MongoDB (`MONGODB_URI`, or
// a wire server of its own); a case that does not end alike fails. What changed must be built: `npm run build`.
import { mongoTier } from './lib/mongo-tier.mjs';
import { mongoForTests } from './lib/mongo.mjs';
import { summary } from './lib/run.mjs';
import { step } from './lib/steps.mjs';

const mongo = mongoForTests();
await step('Waiting for MongoDB', () => mongo.ready());
await mongoTier();
await mongo.stop();
process.exitCode = process.env.MONGODB_URI ? summary() : 1;
