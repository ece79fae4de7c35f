import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lackOf } from './test-engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'gts-path-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('who is not root is told that podman wants root', () => {
  expect(lackOf(1000, [folder])).toBe('no container engine is running, and only root may start podman');
});

test('programs that are missing are named, those that are there are not', () => {
  writeFileSync(join(folder, 'buildah'), '');
  writeFileSync(join(folder, 'debootstrap'), '');
  expect(lackOf(0, [folder])).toBe(
    'no container engine is running, and there is no podman, runc, netavark, aardvark-dns',
  );
});
