import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argumentFaults, baseFaults } from './build-arguments.ts';
import { composeIn } from './compose-file.ts';
import { root } from './run-program.ts';

const text = (file: string) => readFileSync(join(root, file), 'utf8');
const manifest = JSON.parse(text('package.json')) as { version: string; devDependencies: { node: string } };
const compose = composeIn('docker-compose.yml');
const bases = {
  lock: text('deploy/images.lock'),
  dockerfile: text('deploy/Dockerfile'),
  node: manifest.devDependencies.node,
};

test('compose builds every image of ours as the release that its tag names', () => {
  expect(argumentFaults(compose, manifest.version)).toEqual([]);
});

test('planted: an image of another release, of another service, of no version', () => {
  const build = (args: Record<string, string>) => ({ ...compose.services['ops'], build: { args } });
  const planted = {
    identity: { image: 'localhost/gts-identity:0.1.0', ...build({ SERVICE: 'ops', VERSION: '0.1.0', REVISION: 'x' }) },
    gateway: {
      image: 'localhost/gts-gateway:0.1.0',
      ...build({ SERVICE: 'gateway', VERSION: '0.0.9', REVISION: 'x' }),
    },
    rendering: { image: 'localhost/gts-rendering:0.1.0', ...build({ SERVICE: 'rendering' }) },
  };
  const services = { ...compose.services, ...planted } as typeof compose.services;
  expect(argumentFaults({ ...compose, services }, '0.1.0')).toEqual([
    'gateway: VERSION is 0.0.9, not 0.1.0',
    'identity: SERVICE is ops, not identity',
    'rendering: VERSION is missing, not 0.1.0',
    'rendering: REVISION is missing',
  ]);
});

test('images stand on one base, that of the Node that everything else runs on', () => {
  expect(baseFaults(compose, bases)).toEqual([]);
});

test('planted: another base in the lock, in the Dockerfile, another Node', () => {
  const lock = 'NODE_IMAGE=node:24.20.0-bookworm-slim\n';
  const dockerfile = 'ARG NODE_IMAGE=node:24-bookworm-slim\n';
  expect(baseFaults(compose, { ...bases, lock })).toHaveLength(2);
  expect(baseFaults(compose, { ...bases, dockerfile })).toHaveLength(1);
  expect(baseFaults(compose, { ...bases, node: '24.22.0' })).toHaveLength(1);
});
