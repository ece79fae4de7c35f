// Fetches packages of Debian's next release with an apt of its own state: nothing of the machine's changes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianMirror, Unavailable } from './machine.ts';
import { run } from './run.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const PACKAGES = ['postgresql-18-documentdb', 'dash', 'libc-bin'] as const;

const aptConf = (folder: string) =>
  Object.entries({
    'Dir::Etc::sourcelist': `${folder}/sources.list`,
    'Dir::Etc::sourceparts': '-',
    'Dir::Etc::preferencesparts': '-',
    'Dir::State': folder,
    'Dir::State::lists': `${folder}/lists`,
    'Dir::State::status': `${folder}/status`,
    'Dir::Cache': `${folder}/cache`,
    'Dir::Cache::archives': `${folder}/cache/archives`,
    'Acquire::Languages': 'none',
    'Acquire::Check-Valid-Until': 'false',
    'Acquire::Retries': '3',
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': 'root',
  })
    .map(([key, value]) => `${key} "${value}";\n`)
    .join('');

const INSTALLED = /^Inst (\S+) \((\S+) .*\[(\w+)\]\)/gm;

/** File names of a plan of apt (`apt-get --simulate`), in order of their names. */
export const filesOfPlan = (plan: string): readonly string[] =>
  [...plan.matchAll(INSTALLED)]
    .map(([, name, version = '', chip]) => `${name}_${version.replaceAll(':', '%3a')}_${chip}.deb`)
    .sort();

/** Lays out apt's own state in a folder; the environment in which apt knows nothing else. @throws Unavailable */
export function aptOf(folder: string): Readonly<Record<string, string>> {
  mkdirSync(join(folder, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  // Nothing counts as installed, so that every package down to libc comes along.
  writeFileSync(join(folder, 'status'), '');
  writeFileSync(join(folder, 'sources.list'), `deb [signed-by=${KEYRING}] ${debianMirror()} forky main\n`);
  writeFileSync(join(folder, 'apt.conf'), aptConf(folder));
  return { APT_CONFIG: join(folder, 'apt.conf'), DEBIAN_FRONTEND: 'noninteractive' };
}

/** The files of all packages that are needed, downloaded where they lack. @throws Unavailable when apt cannot */
export async function download(folder: string): Promise<readonly string[]> {
  const archives = join(folder, 'cache', 'archives');
  const env = aptOf(folder);
  try {
    await run('apt-get', ['-qq', 'update'], { env });
    const plan = await run('apt-get', ['--simulate', 'install', ...PACKAGES], { env });
    await run('apt-get', ['-qq', 'install', '-y', '--download-only', ...PACKAGES], { env });
    return filesOfPlan(plan).map((name) => join(archives, name));
  } catch (error) {
    throw new Unavailable(`apt cannot fetch PostgreSQL with DocumentDB: ${(error as Error).message}`);
  }
}
