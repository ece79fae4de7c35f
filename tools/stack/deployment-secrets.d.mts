export function writeSecrets(folder: string, kubernetes?: string): void;
