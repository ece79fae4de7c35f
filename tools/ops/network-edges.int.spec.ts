import { listFaults } from './agreement.ts';
import type { Manifest } from './documents.ts';
import { edgesOf, neededEdges, portsIn } from './network-edges.ts';
import { dependencies, overlays, services, usesOf, workload } from './product.ts';
import { environmentOf } from './workload.ts';

describe('edges of the network', () => {
  const prod = overlays['prod'] ?? [];
  const opened = (service: string) => edgesOf(workload('prod', service).labels, prod);
  const ports = (service: string) => portsIn(environmentOf(workload('prod', service), prod));

  test.each(services)('of %s are those that it uses, none to another service', (service) => {
    expect(opened(service)).toEqual(neededEdges(usesOf(service), ports(service)));
  });

  test('to files are of those who open them', () => {
    const declared = services.filter((service) => usesOf(service).files);
    const opens = services.filter((service) => dependencies(service).includes('@gts/artefacts'));
    expect(listFaults({ declared, opens })).toEqual([]);
  });

  test('planted: a use without its edge, an edge without its use, another port', () => {
    const wrong = [
      neededEdges({ ...usesOf('identity'), files: true }, ports('identity')),
      neededEdges({ ...usesOf('identity'), world: true }, ports('identity')),
      neededEdges({ ...usesOf('identity'), store: false }, ports('identity')),
      neededEdges(usesOf('identity'), { ...ports('identity'), ops: 9465 }),
    ];
    for (const needed of wrong) expect(opened('identity')).not.toEqual(needed);
    expect(opened('gateway')).not.toEqual(neededEdges(usesOf('gateway'), { ...ports('gateway'), edge: 8081 }));
  });

  test('of jobs lead to the broker or to the store', () => {
    const edges = (component: string) => edgesOf({ 'app.kubernetes.io/component': component }, overlays['prod'] ?? []);
    expect(edges('topology')).toEqual(['→ kube-dns:53', '→ nats:4222']);
    expect(edges('migration')).toEqual(['→ kube-dns:53', '→ mongodb:27017']);
  });

  test('into broker and store come from who needs them; the open monitor is for services and KEDA alone', () => {
    const edges = (name: string) => edgesOf({ 'app.kubernetes.io/name': name }, overlays['prod'] ?? [], 'gts-data');
    expect(edges('nats')).toEqual([
      '← namespace keda:8222',
      '← pods of gts (nats):6222',
      '← service+topology:4222',
      '← service:8222',
    ]);
    expect(edges('mongodb')).toEqual(['← pods of gts (mongodb):27017', '← service+migration:27017']);
  });

  test('planted: an edge to another service', () => {
    const open: Manifest = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'planted', namespace: 'gts' },
      spec: {
        podSelector: {},
        egress: [
          { to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'identity' } } }], ports: [{ port: 9464 }] },
        ],
      },
    };
    expect(edgesOf({}, [open])).toEqual(['→ pods of gts (identity):9464']);
  });
});
