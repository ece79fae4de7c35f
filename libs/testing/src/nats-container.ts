import { userInfo } from 'node:os';

/** Image of a broker in which tests shall run theirs; nothing: `nats-server` of this machine. */
export const natsImage = (): string | undefined => process.env['NATS_IMAGE'] || undefined;

/** A broker in a container that shares the machine's network, so that ports and addresses are as without one. */
export async function startInContainer(folder: string, args: readonly string[]) {
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers');
  const { uid, gid } = userInfo();
  const started = await new GenericContainer(natsImage() ?? '')
    .withNetworkMode('host')
    .withUser(`${uid}:${gid}`)
    .withWorkingDir(folder)
    .withBindMounts([{ source: folder, target: folder }])
    .withCommand([...args])
    .withWaitStrategy(Wait.forLogMessage(/Server is ready/))
    .start();
  let hasEnded = false;
  return {
    end: async (signal: NodeJS.Signals): Promise<void> => {
      if (hasEnded) return;
      hasEnded = true;
      const { container } = await getContainerRuntimeClient();
      if (signal === 'SIGKILL') await container.getById(started.getId()).kill();
      await started.stop();
    },
  };
}
