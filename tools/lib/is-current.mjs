import { existsSync, statSync } from 'node:fs';

/** Whether what was made is there and no source of it is younger. */
export function isCurrent(made, sources) {
  if (!existsSync(made)) return false;
  const { mtimeMs } = statSync(made);
  return sources.every((file) => statSync(file).mtimeMs <= mtimeMs);
}
