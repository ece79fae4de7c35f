// `npm run images:name -- [--registry R] [--overlay k8s/overlays/prod] [<file>]`: writes the digests of a release.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { digestsIn, withDigests } from './release-images.ts';
import { root } from './run-program.ts';

const help = `Usage: npm run -s images:name -- [--registry R] [--overlay k8s/overlays/prod] [<file>]

Reads what "npm run images:build" or a push printed (a file, else standard input) and writes the digests of all images
into the overlay. A registry may store a layer otherwise than the machine that built it: name what the push told
(podman push --digestfile), which is what the cluster pulls.
`;

function options() {
  const settings = { registry: { type: 'string' }, overlay: { type: 'string' }, help: { type: 'boolean' } } as const;
  try {
    const { values, positionals } = parseArgs({ options: settings, allowPositionals: true });
    if (!values.help && positionals.length <= 1) return { ...values, file: positionals[0] ?? 0 };
  } catch {
    // Told below.
  }
  process.stderr.write(help);
  return process.exit(2);
}

const { registry, overlay = 'k8s/overlays/prod', file } = options();
const target = join(root, overlay, 'kustomization.yaml');
try {
  const digests = digestsIn(readFileSync(file, 'utf8'));
  writeFileSync(target, withDigests(readFileSync(target, 'utf8'), digests, registry));
  for (const [name, digest] of digests) process.stdout.write(`${name} ${digest}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
