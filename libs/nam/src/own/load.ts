import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOwnEngine, type OwnEngine } from './engine';
import { wasm, type WasmModule } from './wasm';

/** Right from `src/own` and from `dist/own`. */
const kernelFile = join(__dirname, '../../dist/kernel.wasm');

/** Reads and compiles the kernel; the module may be posted to workers. Node only. */
export const loadKernel = (): WasmModule => new wasm.Module(readFileSync(kernelFile));

/** The kernel as an engine, ready in a few milliseconds. Node only. */
export const loadOwnEngine = (): OwnEngine => createOwnEngine(loadKernel());
