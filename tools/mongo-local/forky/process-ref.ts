import { readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same number by the moment it began. */
export type ProcessRef = Readonly<{ pid: number; began: string }>;

/** Field 22 of `/proc/<pid>/stat`; the name before it may hold spaces and brackets. */
function beganAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

export const processRef = (pid: number): ProcessRef => ({ pid, began: beganAt(pid) ?? '' });
export const isSame = ({ pid, began }: ProcessRef): boolean => began !== '' && beganAt(pid) === began;
