/** A compiled `WebAssembly.Module`; the type of the platform belongs to the DOM library, which Node's code lacks. */
export type WasmModule = object;
/** A `WebAssembly.Memory`. */
export type WasmMemory = Readonly<{ buffer: ArrayBuffer }>;

/** What is used of the platform's WebAssembly, in Node and in browsers alike. */
declare const WebAssembly: Readonly<{
  Module: new (bytes: Uint8Array) => WasmModule;
  Memory: new (pages: Readonly<{ initial: number }>) => WasmMemory;
  Instance: new (
    module: WasmModule,
    imports: Readonly<{ env: Readonly<{ memory: WasmMemory }> }>,
  ) => Readonly<{ exports: unknown }>;
}>;

/** Compiles the bytes of a module, which threads may share by message. @throws CompileError */
export const compileWasm = (bytes: Uint8Array): WasmModule => new WebAssembly.Module(bytes);

/** An instance with a memory of its own, of that many pages of 64 KiB; `E` is what the module exports. */
export function instantiateWasm<E>(module: WasmModule, pages: number): Readonly<{ memory: WasmMemory; exports: E }> {
  const memory = new WebAssembly.Memory({ initial: pages });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { memory, exports: exports as E };
}
