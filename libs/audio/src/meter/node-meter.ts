import { join } from 'node:path';
import { builtKernel } from '../built-kernel';
import { audioEngine } from '../keys';
import { useMeter } from './meter';
import { METER_SHA256 } from './meter-hash';
import { compileWasm, type WasmModule } from '../wasm';

// The same place seen from src and from dist.
const PATH = join(__dirname, '..', '..', 'dist', 'meter.wasm');

/** The compiled kernel, for threads and for those who serve it. @throws Error when it is missing or a stale build */
export const kernelModule = (): WasmModule => compileWasm(builtKernel(PATH, METER_SHA256));

let compiled: WasmModule | undefined;
useMeter(() => (compiled ??= kernelModule()));

/** Engine id of the stages that measure: it names the hash of the kernel. */
export const meterEngine = (): string => `${audioEngine}+meter:${METER_SHA256}`;
