import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type ApiServer, type Controller, startApiServer } from './api-server.ts';
import { type Manifest, rendered } from './documents.ts';
import { ensureKubectl } from './kubectl.ts';
import { digestsIn, withDigests } from './release-images.ts';
import { root } from './run-program.ts';

const IMAGES = ['gateway', 'identity', 'gear-catalog', 'signal-chains', 'shootouts', 'rendering', 'ops'];
const SERVICES = ['rendering', 'gear-catalog', 'signal-chains', 'shootouts', 'identity', 'gateway'];
const folder = mkdtempSync(join(tmpdir(), 'gts-rollout-'));
const script = readFileSync(join(root, 'deploy/rollout.sh'), 'utf8');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Prod with digests, as a folder of an operator's own. */
function release(): string {
  const place = join(folder, 'release');
  mkdirSync(place, { recursive: true });
  const digests = digestsIn(IMAGES.map((name, at) => `gts-${name} sha256:${String(at + 1).repeat(64)}`).join('\n'));
  const prod = readFileSync(join(root, 'k8s/overlays/prod/kustomization.yaml'), 'utf8');
  const moved = withDigests(prod, digests).replaceAll('../../', `${relative(place, join(root, 'k8s'))}/`);
  writeFileSync(join(place, 'kustomization.yaml'), moved);
  return place;
}

const ended = (type: string) => ({ status: { conditions: [{ type, status: 'True' }] } });
const rolledOut = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1, readyReplicas: 1 };
/** What the cluster's controllers make of jobs and deployments; `jobs` says how a job ends. */
const controller =
  (jobs: (name: string) => object): Controller =>
  ({ kind, metadata: { name } }) => {
    if (kind === 'Job') return jobs(name);
    return kind === 'Deployment' ? { status: rolledOut } : {};
  };

type Ended = Readonly<{ code: number; text: string }>;
async function rollout({ url }: ApiServer, text = script, overlay = release()): Promise<Ended> {
  const file = join(folder, 'rollout.sh');
  writeFileSync(file, text);
  const named = { clusters: [{ name: 'a', cluster: { server: url } }], users: [{ name: 'a', user: {} }] };
  const contexts = [{ name: 'a', context: { cluster: 'a', user: 'a' } }];
  const config = { apiVersion: 'v1', kind: 'Config', 'current-context': 'a', contexts, ...named };
  writeFileSync(join(folder, 'config'), JSON.stringify(config));
  const env = {
    ...process.env,
    KUBECTL: ensureKubectl(),
    KUBECONFIG: join(folder, 'config'),
    HOME: folder,
    JOBS_WITHIN_S: '1',
  };
  const child = spawn('sh', [file, overlay], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (part) => (said += String(part)));
  child.stderr.on('data', (part) => (said += String(part)));
  const [code] = (await once(child, 'close')) as [number];
  return { code, text: said };
}

let documents: readonly Manifest[];
let open: ApiServer | undefined;
beforeAll(() => void (documents = rendered(release())));
afterEach(async () => open?.stop());
const cluster = async (jobs: (name: string) => object) => (open = await startApiServer(documents, controller(jobs)));

/** A migration of an older release that is still there. */
async function leftBehind({ url }: ApiServer): Promise<void> {
  const old = documents.find(({ kind }) => kind === 'Job');
  const body = JSON.stringify({ ...old, metadata: { ...old?.metadata, name: 'migrate-shootouts-0-0-9' } });
  await fetch(`${url}/apis/batch/v1/namespaces/gts/jobs`, { method: 'POST', body });
}

/** Writes in classes that must come one after another; what is in the wrong place is named. */
function orderFaults(writes: readonly string[]): readonly string[] {
  const classOf = (write: string) => {
    const [, kind = '', name = ''] = write.split(' ');
    if (kind === 'Job') return name.startsWith('topology') ? 1 : 2;
    const at = SERVICES.indexOf(name);
    return ['Deployment', 'Service', 'ScaledObject', 'HorizontalPodAutoscaler'].includes(kind) ? 3 + at : 0;
  };
  return writes.filter((write, at) => writes.slice(0, at).some((before) => classOf(before) > classOf(write)));
}

describe('a release', () => {
  test('is applied whole and in its order; applied again it changes nothing', async () => {
    const api = await cluster(() => ended('Complete'));
    expect(await rollout(api)).toMatchObject({ code: 0 });
    const first = [...api.writes];
    expect(orderFaults(first)).toEqual([]);
    expect(first).toHaveLength(documents.length);
    expect(first.filter((each) => each.startsWith('POST Job'))).toHaveLength(6);
    expect(await rollout(api)).toMatchObject({ code: 0 });
    expect(api.writes).toEqual(first);
  });

  test('whose migration fails, or does not end, changes nothing that runs and says which', async () => {
    for (const end of [ended('Failed'), {}]) {
      const api = await cluster((name) => (name.startsWith('migrate-shootouts') ? end : ended('Complete')));
      const { code, text } = await rollout(api);
      expect(code).toBe(1);
      expect(text).toMatch(/migrate-shootouts-[\d-]+ is not complete; nothing that runs was changed/);
      expect(api.writes.filter((each) => /Deployment|ScaledObject/.test(each))).toEqual([]);
      await api.stop();
      open = undefined;
    }
  });

  test('applied again when its cause is cured, makes its failed job anew and leaves the others', async () => {
    let cured = false;
    const isBad = (name: string) => name.startsWith('migrate-shootouts') && !cured;
    const api = await cluster((name) => ended(isBad(name) || name.endsWith('-0-0-9') ? 'Failed' : 'Complete'));
    await leftBehind(api);
    expect(await rollout(api)).toMatchObject({ code: 1 });
    cured = true;
    const before = api.writes.length;
    expect(await rollout(api)).toMatchObject({ code: 0 });
    const jobs = api.writes.slice(before).filter((each) => each.includes(' Job '));
    expect(jobs).toEqual([
      expect.stringMatching(/^DELETE Job migrate-shootouts-(?!0-0-9)/),
      expect.stringMatching(/^POST Job migrate-shootouts-/),
    ]);
    expect(orderFaults(api.writes.slice(before))).toEqual([]);
  });

  test('does not wait for what an older one left behind', async () => {
    const api = await cluster((name) => ended(name.endsWith('-0-0-9') ? 'Failed' : 'Complete'));
    await leftBehind(api);
    expect(await rollout(api)).toMatchObject({ code: 0 });
  });

  test('without its digests is not applied at all', async () => {
    const api = await cluster(() => ended('Complete'));
    const { code, text } = await rollout(api, script, join(root, 'k8s/overlays/prod'));
    expect([code, text]).toEqual([1, expect.stringMatching(/names no images yet/)]);
    expect(api.writes).toEqual([]);
  });

  test('planted: migrations after services, a scaler before its durable', async () => {
    const api = await cluster(() => ended('Complete'));
    const late = script.replace('jobs migrations migration\n', '').concat('jobs migrations migration\n');
    await rollout(api, late);
    expect(orderFaults(api.writes).filter((each) => each.startsWith('POST Job migrate-'))).toHaveLength(5);
    expect(orderFaults(['POST ScaledObject rendering', 'POST Job topology-apply-0-1-0'])).toHaveLength(1);
  });
});
