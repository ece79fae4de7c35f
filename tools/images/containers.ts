// Containers of a compose project: what the file says of them, and what their engine knows.
import { composeIn } from '../ops/compose-file.ts';
import { must, tagOf } from './engine.ts';

export type RunningStack = Readonly<{ project: string; address: string }>;

const declared = Object.entries(composeIn('docker-compose.yml').services);
/** Every container that is to live on: ours, the broker, the store. */
export const LASTING: readonly string[] = declared.filter(([, { restart }]) => restart).map(([name]) => name);
/** Those that run an image of ours. */
export const SERVICES: readonly string[] = LASTING.filter((name) =>
  declared.some(([each, { image }]) => each === name && image === tagOf(name)),
);

/** Name of the container of a service, as docker-compose 1.29 and v2 write it. */
export function containerOf({ project }: RunningStack, service: string): string {
  const names = must('podman', ['ps', '-a', '--format', '{{.Names}}']).split('\n');
  const found = names.find((name) => name === `${project}_${service}_1` || name === `${project}-${service}-1`);
  if (found === undefined) throw new Error(`there is no container of ${service}`);
  return found;
}

const told = (stack: RunningStack, service: string, format: string): string =>
  must('podman', ['inspect', '--format', format, containerOf(stack, service)]);

/** The process of a container as the host sees it. */
export const pidOfContainer = (container: string): number =>
  Number(must('podman', ['inspect', '--format', '{{.State.Pid}}', container]));
export const pidOf = (stack: RunningStack, service: string): number => pidOfContainer(containerOf(stack, service));
export const exitCodeOf = (stack: RunningStack, service: string): number =>
  Number(told(stack, service, '{{.State.ExitCode}}'));
export const restartsOf = (stack: RunningStack, service: string): number =>
  Number(told(stack, service, '{{.RestartCount}}'));
/** Address in the network of the project; the host reaches it through the bridge. */
export const addressOf = (stack: RunningStack, service: string): string =>
  told(stack, service, `{{(index .NetworkSettings.Networks "${stack.project}_gts").IPAddress}}`);
