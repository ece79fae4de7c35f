import { writeSecrets } from '../stack/deployment-secrets.mjs';
import { read, UsageError } from './arguments.mjs';

const help = `Usage: npm run -s gts -- ops secrets [--out FOLDER] [--kubernetes FOLDER]

Makes what a deployment needs to keep for itself: broker users, signing keys, key rings, passwords. What is there
already stays as it is.
  --out         a file each, as docker-compose.yml mounts them (deploy/compose/secrets)
  --kubernetes  also one <service>.env each, for a secretGenerator
`;

export async function ops(args) {
  const { options, words } = read(args, { out: { type: 'string' }, kubernetes: { type: 'string' } }, help);
  if (words.join(' ') !== 'secrets') throw new UsageError('say what: secrets', help);
  const out = options.out ?? 'deploy/compose/secrets';
  writeSecrets(out, options.kubernetes);
  process.stdout.write(`${out}\n`);
}
