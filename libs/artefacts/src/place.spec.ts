import { placeOf } from './place';

test.each([
  ['file:/data/artefacts', { kind: 'file', root: '/data/artefacts' }],
  ['file:.data?x', { kind: 'file', root: '.data?x' }],
  ['nats:artefacts', { kind: 'nats', bucket: 'artefacts', maxBytes: 8 * 2 ** 30 }],
  ['nats:artefacts?max=2TiB', { kind: 'nats', bucket: 'artefacts', maxBytes: 2 ** 41 }],
  [
    's3:my.files?endpoint=https://s3.example:9000&region=eu-1',
    { kind: 's3', bucket: 'my.files', endpoint: 'https://s3.example:9000', region: 'eu-1' },
  ],
])('%s', (url, place) => {
  expect(placeOf(url)).toEqual(place);
});

test.each([
  '',
  'file:',
  'http://x',
  'nats:',
  'nats:a.b',
  'nats:a>',
  'nats:a?max=12',
  's3:files',
  's3:files?endpoint=x',
])('refuses %p', (url) => {
  expect(() => placeOf(url)).toThrow(/^(file|nats|s3):</);
});
