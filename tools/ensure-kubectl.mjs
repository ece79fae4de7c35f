// `node tools/ensure-kubectl.mjs`: prints the path of a kubectl from 1.32 up, unpacking one where PATH has none.
import { ensureKubectl } from './ops/kubectl.ts';

process.stdout.write(`${ensureKubectl()}\n`);
