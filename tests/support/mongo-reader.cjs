// A thread that reads MongoDB for tests that look at a store in the middle of a statement: asked by a message, it
// answers by another and wakes whoever waits.
const { workerData } = require('node:worker_threads');
const { MongoClient } = require('mongodb');

const { port } = workerData;
const clients = new Map();
const clientOf = (url) => {
  if (!clients.has(url)) clients.set(url, new MongoClient(url, { readPreference: 'primary' }));
  return clients.get(url);
};

port.on('message', async ({ url, collection, fields, flag }) => {
  try {
    const projection = Object.fromEntries(fields.map((field) => [field, 1]));
    port.postMessage({ rows: await clientOf(url).db().collection(collection).find({}, { projection }).toArray() });
  } catch (error) {
    port.postMessage({ error: String(error) });
  }
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
});
