import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { audioEngine, sha256 } from '../keys';
import { useMeter } from './meter';
import { compileWasm, type WasmModule } from './wasm';

// The same place seen from src and from dist.
const PATH = join(__dirname, '..', '..', 'dist', 'meter.wasm');

let bytes: Uint8Array | undefined;
function meterBytes(): Uint8Array {
  try {
    return (bytes ??= readFileSync(PATH));
  } catch (cause) {
    throw new Error('libs/audio/dist/meter.wasm is missing: run node tools/wasm.mjs', { cause });
  }
}

/** The compiled kernel, for threads and for those who serve it. */
export const kernelModule = (): WasmModule => compileWasm(meterBytes());

useMeter(kernelModule);

/** Engine id of the stages that measure: it names the hash of the kernel. */
export const meterEngine = (): string => `${audioEngine}+meter:${sha256(meterBytes())}`;
