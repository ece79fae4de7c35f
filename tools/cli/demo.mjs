import { seedDemo } from '../stack/seed.mjs';
import { address, read, UsageError } from './arguments.mjs';

const help = `Usage: npm run -s gts -- demo seed

Puts the demo pack's recordings and its shootout into a running stack with demo sign-in and renders it, once; a second
call finds them there.
`;

export async function demo(args) {
  const { words } = read(args, {}, help);
  if (words.join(' ') !== 'seed') throw new UsageError('say what: seed', help);
  process.stdout.write(`${await seedDemo(address())}\n`);
}
