export function watchMachine(besides?: () => number): () => Readonly<{ machineBusy: number; foreignCpu: number }>;
