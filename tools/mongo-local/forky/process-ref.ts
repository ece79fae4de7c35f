import { readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same number by the moment it began. */
export type ProcessRef = Readonly<{ pid: number; began: string }>;

const BEGAN = 19;

/** Field 22 of `/proc/<pid>/stat`; the name before may hold spaces and brackets. Nothing for one that only awaits its parent. */
function beganAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[BEGAN];
  } catch {
    return undefined;
  }
}

export const processRef = (pid: number): ProcessRef => ({ pid, began: beganAt(pid) ?? '' });
export const isSame = ({ pid, began }: ProcessRef): boolean => began !== '' && beganAt(pid) === began;
