import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '@gts/audio';
import { ownEngineId } from '../index';

test('the engine id names the bytes of the kernel', () => {
  const built = sha256(readFileSync(join(__dirname, '../../dist/kernel.wasm')));
  const committed = readFileSync(join(__dirname, '../../assembly/kernel.sha256'), 'utf8').trim();
  expect([built, ownEngineId]).toEqual([committed, `own:${committed}:1`]);
});
