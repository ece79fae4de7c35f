export function watchMachine(): () => Readonly<{ machineBusy: number; foreignCpu: number }>;
