import { join } from 'node:path';
import { builtKernel, compileWasm, type WasmModule } from '@gts/audio';
import { createOwnEngine, type OwnEngine } from './engine';
import { KERNEL_SHA256 } from './kernel-hash';

/** Right from `src/own` and from `dist/own`. */
const kernelFile = join(__dirname, '../../dist/kernel.wasm');

/**
 * Reads and compiles the kernel; the module may be posted to workers. Node only.
 * @throws Error when it is missing or a stale build
 */
export const loadKernel = (): WasmModule => compileWasm(builtKernel(kernelFile, KERNEL_SHA256));

/** The kernel as an engine, ready in a few milliseconds. Node only. */
export const loadOwnEngine = (): OwnEngine => createOwnEngine(loadKernel());
