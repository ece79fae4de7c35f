import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type MongoServer = Readonly<{
  /** Address for the official driver; it names no database. */
  uri: string;
  stop(): Promise<void>;
}>;

const MAIN = join(__dirname, '..', '..', '..', 'tools', 'mongo-local', 'main.ts');
const PREFIX = 'MONGODB_URI=';
/** The first start on a machine fetches and unpacks the server. */
const FIRST_START_MS = 300_000;

async function uriOf(child: ReturnType<typeof spawn>): Promise<string> {
  let errors = '';
  child.stderr?.on('data', (chunk) => (errors += String(chunk)));
  let output = '';
  for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    output += String(chunk);
    const line = output.split('\n').find((each) => each.startsWith(PREFIX));
    if (line !== undefined && output.endsWith('\n')) return line.slice(PREFIX.length);
  }
  throw new Error(`no MongoDB wire server: ${errors.trim()}`);
}

/**
 * A server with MongoDB's wire protocol: the one `MONGODB_URI` names, else one of its own that ends with this process.
 * @throws Error saying what the machine lacks
 */
export async function startMongo(): Promise<MongoServer> {
  const given = process.env['MONGODB_URI'];
  if (given !== undefined) return { uri: given, stop: async () => {} };
  const child = spawn(process.execPath, [MAIN, '--with-stdin'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const uri = await uriOf(child);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { uri, stop };
}

/** Why there can be no MongoDB wire server here; undefined when there can be one. */
export function mongoLack(): string | undefined {
  if (process.env['MONGODB_URI'] !== undefined) return undefined;
  if (process.env['MONGODB_LACK'] !== undefined) return process.env['MONGODB_LACK'];
  return process.platform === 'linux' && process.getuid?.() === 0 ? undefined : 'MONGODB_URI, or Linux and root';
}

/** Tests that need MongoDB; where there is none they are skipped, and their title says what they need. */
export function describeWithMongo(title: string, tests: (uri: () => string) => void): void {
  const lack = mongoLack();
  if (lack !== undefined) return describe.skip(`${title} (needs ${lack})`, () => tests(() => ''));
  return describe(title, () => {
    let server: MongoServer | undefined;
    beforeAll(async () => void (server = await startMongo()), FIRST_START_MS);
    afterAll(() => server?.stop());
    tests(() => server?.uri ?? '');
  });
}
