// What a process in a container may do beyond its work.
import { readFileSync } from 'node:fs';
import { pidOfContainer } from './containers.ts';
import { must, run, tagOf } from './engine.ts';

const wanted = { CapEff: '0000000000000000', NoNewPrivs: '1', Seccomp: '2', Uid: '65532' };

/** Everything that a running container may do and should not. */
export function freedoms(container: string): readonly string[] {
  const status = readFileSync(`/proc/${pidOfContainer(container)}/status`, 'utf8');
  const valueOf = (field: string) => new RegExp(`^${field}:\\s*(\\w+)`, 'm').exec(status)?.[1];
  const wrong = Object.entries(wanted).filter(([field, value]) => valueOf(field) !== value);
  const write = 'require("node:fs").writeFileSync("/app/x", "")';
  const { stderr } = run('podman', ['exec', container, 'node', '-e', write]);
  return [
    ...wrong.map(([field, value]) => `${field} is ${valueOf(field) ?? 'missing'}, not ${value}`),
    ...(stderr.includes('EROFS') ? [] : ['may write to its own files']),
  ];
}

/** The same of a container that nobody confined, which must not look well; it is gone afterwards. */
export function freedomsOfUnconfined(): readonly string[] {
  const idle = ['--user', '0:0', '--entrypoint', 'node', tagOf('gateway'), '-e', 'setInterval(() => {}, 1e6)'];
  const container = must('podman', ['run', '-d', '--network', 'none', '--security-opt', 'seccomp=unconfined', ...idle]);
  try {
    return freedoms(container);
  } finally {
    run('podman', ['rm', '-f', '--time', '0', container]);
  }
}
