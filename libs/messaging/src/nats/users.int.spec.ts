import { catalogue, declaredServices, inboxPrefix, topologyOf } from '@gts/contracts';
import type { ServiceName } from '@gts/kernel';
import { startNats } from '@gts/testing';
import { nkeys } from 'nats';
import { connectNats } from './connect';
import { natsBus } from './nats-bus';

const { permissions } = topologyOf(catalogue, declaredServices);
type Pair = Readonly<{ getPublicKey(): string; getSeed(): Uint8Array }>;
const quoted = (subjects: readonly string[] = []) => subjects.map((each) => JSON.stringify(each)).join(', ');

/** A broker with one user a service, allowed what the topology says, and no others. */
async function setUp(services: readonly ServiceName[]) {
  const keys = services.map((service) => ({ service, pair: nkeys.createUser() as Pair }));
  const users = keys.map(({ service, pair }) => {
    const { publish, subscribe } = permissions[service] ?? {};
    return `{ nkey: ${pair.getPublicKey()}, permissions: { publish: [${quoted(publish)}], subscribe: [${quoted(subscribe)}] } }`;
  });
  const server = await startNats(`authorization { users: [ ${users.join(', ')} ] }\n`);
  const seedOf = (wanted: ServiceName) => {
    const found = keys.find(({ service }) => service === wanted);
    return Buffer.from(found?.pair.getSeed() ?? []).toString();
  };
  const as = (service: ServiceName) => connectNats({ service, url: server.url, nkey: seedOf(service) });
  return { server, as };
}

const message = (subject: string) => ({ subject, headers: {}, body: Buffer.from('{}') });

test('a service publishes its own subjects and is refused those of others', async () => {
  const { server, as } = await setUp(['shootouts', 'rendering']);
  const nc = await as('shootouts');
  const bus = natsBus({ nc, inbox: inboxPrefix('shootouts') });
  const codeFor = (subject: string) =>
    bus.publish(message(subject)).then(
      () => 'stored',
      (error: { code?: string }) => error.code,
    );
  for (const foreign of ['evt.rendering.p00.RenderJob.X', 'cmd.identity.X', 'dlq.rendering.x'])
    expect(await codeFor(foreign)).toBe('BUS.PERMISSION_DENIED');
  // Allowed; this broker has no streams.
  for (const own of ['evt.shootouts.p00.Shootout.X', 'cmd.shootouts.X', 'dlq.shootouts.x'])
    expect(await codeFor(own)).toBe('BUS.NO_RESPONDERS');
  await bus.close();
  await nc.close();
  await server.stop();
});
