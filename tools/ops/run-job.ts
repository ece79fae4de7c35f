import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Manifest, rendered } from './documents.ts';
import { root } from './run-program.ts';
import { environmentOf, type Workload, workloadsIn } from './workload.ts';

const manifests: readonly Manifest[] = rendered('k8s/overlays/dev');

/** The jobs of a rollout that do this: `topology`, `migration`. */
export const jobsOf = (component: string): readonly Workload[] =>
  workloadsIn(manifests).filter(
    ({ kind, labels }) => kind === 'Job' && labels['app.kubernetes.io/component'] === component,
  );

/** A place in which jobs run as on the machine of their container. */
export function jobPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'gts-jobs-'));
  return {
    folder,
    /** Path of a new file that only we may read. */
    fileOf: (name: string, text: string): string => {
      const file = join(folder, name);
      writeFileSync(file, text, { mode: 0o600 });
      return file;
    },
    /** Runs a job as its manifest says: its image's entry, its arguments, its environment; only addresses are ours. */
    run: (job: Workload, own: Readonly<Record<string, string>>) => {
      const image = /gts-([a-z-]+)/.exec(job.container.image)?.[1] ?? '';
      const entry = image === 'ops' ? 'tools/cli/main.mjs' : `services/${image}/dist/bundle/main.js`;
      const { NODE_OPTIONS: _heap, ...given } = environmentOf(job, manifests);
      const env = { PATH: process.env['PATH'], ...given, GTS_DATA_DIR: folder, ...own };
      const args = [join(root, entry), ...(job.container.args ?? [])];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' });
      return { status, text: `${stdout}${stderr}` };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
