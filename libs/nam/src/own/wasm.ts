/** A compiled module: an object that threads may share by message. */
export type WasmModule = object;
export type WasmMemory = Readonly<{ buffer: ArrayBuffer }>;
type Exports = Readonly<Record<string, unknown>>;

/** The parts of WebAssembly in use: Node and browsers have it, their types stand in the DOM library only. */
type Wasm = Readonly<{
  Module: new (bytes: Uint8Array) => WasmModule;
  Memory: new (size: Readonly<{ initial: number }>) => WasmMemory;
  Instance: new (module: WasmModule, imports: Record<string, object>) => Readonly<{ exports: Exports }>;
}>;

export const wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;
