import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { newAuthority, type NatsServer, startNats, withTls } from '@gts/testing';
import { connectNats } from './connect';

const ours = newAuthority();
const folder = mkdtempSync(join(tmpdir(), 'gts-tls-'));
const caFile = join(folder, 'ca.pem');
let server: NatsServer;
beforeAll(async () => {
  server = await startNats(...withTls(ours));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A port behind which the broker may change; `ended` tells how a client's first try ended. */
async function doorTo(broker: NatsServer) {
  let { port: behind } = broker;
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  const door = createServer((socket) => {
    const on = connect(behind, '127.0.0.1');
    socket.on('data', (bytes) => bytes.includes('CONNECT') && resolve('signed in, for all to read'));
    socket.on('close', () => resolve('hung up'));
    // Who hangs up does so in the middle of a word.
    for (const each of [socket, on]) each.on('error', () => undefined);
    socket.pipe(on).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  const { port } = door.address() as AddressInfo;
  return { port, ended, leadTo: (next: NatsServer) => void (behind = next.port), close: () => door.close() };
}

test('a broker that our own authority signed is talked to', async () => {
  writeFileSync(caFile, ours.ca);
  const nc = await connectNats({ service: 'identity', url: `tls://localhost:${server.port}`, caFile });
  const heard = nc.subscribe('hello', { max: 1 });
  nc.publish('hello');
  for await (const { subject } of heard) expect(subject).toBe('hello');
  expect(nc.info).toMatchObject({ tls_required: true });
  await nc.close();
});

test('one that it did not sign is refused; an authority is replaced without a restart', async () => {
  writeFileSync(caFile, newAuthority().ca);
  const door = await doorTo(server);
  const client = connectNats({ service: 'identity', url: `tls://localhost:${door.port}`, caFile });
  expect(await Promise.race([client.then(() => 'connected'), door.ended])).toBe('hung up');
  writeFileSync(caFile, ours.ca);
  await (await client).close();
  door.close();
});

describe('TLS is demanded', () => {
  // As if the system knew our authority: for a client that is given none.
  const systems = getCACertificates();
  beforeAll(() => setDefaultCACertificates([...systems, ours.ca]));
  afterAll(() => setDefaultCACertificates(systems));

  test.each([
    ['the scheme of the address', 'tls', undefined],
    ['an authority', 'nats', caFile],
  ])('by %s: to a broker without it nothing is said', async (_by, scheme, given) => {
    writeFileSync(caFile, ours.ca);
    const plain = await startNats();
    const door = await doorTo(plain);
    const client = connectNats({ service: 'identity', url: `${scheme}://localhost:${door.port}`, caFile: given });
    expect(await Promise.race([client.then(() => 'connected'), door.ended])).toBe('hung up');
    door.leadTo(server);
    await (await client).close();
    door.close();
    await plain.stop();
  });
});
