import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { audioRefusal } from '@gts/audio';

/** What every call says first; the demuxer is named by who knows it. */
export const COMMON = ['-nostdin', '-hide_banner', '-v', 'error', '-threads', '1', '-protocol_whitelist', 'pipe,file'];
/** Equal sound, equal file. */
export const BITEXACT = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'];
export const FLAC = ['-c:a', 'flac', '-compression_level', '8'];

const STDERR_BYTES = 4096;
const TIMEOUT_MS = 60_000;

/** The programs and what they call themselves, read once at start-up. */
export type Ffmpeg = Readonly<{ ffmpeg: string; ffprobe: string; version: string }>;

/** Finds ffmpeg at the configured path, else on PATH. @throws Error when it is missing or does not start */
export async function findFfmpeg(configured: string | undefined, searchPath: string): Promise<Ffmpeg> {
  const folders = searchPath.split(delimiter);
  const ffmpeg = configured ?? folders.map((folder) => join(folder, 'ffmpeg')).find((path) => existsSync(path));
  if (!ffmpeg) throw new Error('ffmpeg is not installed: install it, or set FFMPEG_PATH');
  const { stdout } = await promisify(execFile)(ffmpeg, ['-version']).catch((cause: unknown) => {
    throw new Error(`${ffmpeg} does not start`, { cause });
  });
  const [version = ''] = stdout.split('\n');
  return { ffmpeg, ffprobe: join(dirname(ffmpeg), 'ffprobe'), version };
}

export type Run = Readonly<{
  program: string;
  args: readonly string[];
  /** By pipe 0, 3, 4 …: {@link pipeOf}. */
  inputs?: readonly Uint8Array[];
  cwd: string;
  signal: AbortSignal;
  /** More output than this ends the process, and nothing of it is kept. The output lies in memory of its own. */
  mostBytes: number;
  /** What more output means; without it the process failed. */
  tooMuch?: () => Error;
  /** Longest time that it may take; 60 s. */
  timeoutMs?: number;
  /** Reads the output as it comes, instead of keeping it. */
  onOutput?: (text: string) => void;
}>;

/** What the program calls its input of that index: 1 and 2 are for what it says. */
export const pipeOf = (index: number): string => `pipe:${index === 0 ? 0 : index + 2}`;

/**
 * Runs one process with bytes in and bytes out; never a shell.
 * @throws `encoder.timeout`, `encoder.failed`, the signal's reason when cancelled
 */
export async function run(asked: Run): Promise<Uint8Array> {
  const { program, args, cwd, signal, tooMuch, timeoutMs = TIMEOUT_MS } = asked;
  signal.throwIfAborted();
  const more = (asked.inputs ?? []).slice(1).map(() => 'pipe' as const);
  const child = spawn(program, args, { cwd, detached: true, stdio: ['pipe', 'pipe', 'pipe', ...more] });
  const late = AbortSignal.timeout(timeoutMs);
  const stop = () => endGroup(child);
  const either = AbortSignal.any([signal, late]);
  either.addEventListener('abort', stop, { once: true });
  try {
    const { output, code, said, more } = await watch(child, asked);
    signal.throwIfAborted();
    if (late.aborted) throw audioRefusal('encoder.timeout', `${program} took more than ${timeoutMs / 1000} s`);
    if (more && tooMuch) throw tooMuch();
    if (code !== 0) throw audioRefusal('encoder.failed', said.trim().slice(-300) || `ended with ${code}`);
    return output;
  } finally {
    either.removeEventListener('abort', stop);
  }
}

/** The process leads a group of its own: whatever it started ends with it. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

type Ended = Readonly<{ output: Uint8Array; code: number | null; said: string; more: boolean }>;

function watch(child: ChildProcess, { inputs = [], mostBytes, onOutput }: Run): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  // One buffer from the start: to join parts of hundreds of megabytes would hold up the event loop, and what is
  // never written takes no memory.
  const room = new Uint8Array(onOutput ? 0 : mostBytes);
  let [count, said] = [0, ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    if (onOutput) return onOutput(String(chunk));
    if (count + chunk.length <= mostBytes) room.set(chunk, count);
    else endGroup(child);
    count += chunk.length;
  });
  child.stderr?.on('data', (chunk: Buffer) => void (said = (said + String(chunk)).slice(-STDERR_BYTES)));
  child.on('error', (error) => reject(audioRefusal('encoder.failed', `${child.spawnfile}: ${error.message}`)));
  child.on('close', (code) => resolve({ output: room.subarray(0, count), code, said, more: count > mostBytes }));
  // A program that has read enough closes its input: that is its right.
  [child.stdin, ...child.stdio.slice(3)].forEach((pipe, i) => {
    pipe?.on('error', () => undefined);
    (pipe as Writable | null)?.end(inputs[i]);
  });
  return promise;
}
