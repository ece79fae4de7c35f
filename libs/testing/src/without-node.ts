import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createContext, runInContext } from 'node:vm';

type Exports = Record<string, unknown>;
type Allowed = Readonly<{
  /** Names of modules that may be asked for. */
  names: RegExp;
  /** Built files of those that Jest would answer with their source, which is no JavaScript yet. */
  built: Readonly<Record<string, string>>;
}>;

/** What every browser has and the language itself has not; as in a page, text never becomes code. */
const platform = () =>
  createContext(
    {
      WebAssembly: Reflect.get(globalThis, 'WebAssembly') as unknown,
      TextEncoder,
      TextDecoder,
      DOMException,
      URL,
      File,
      Blob,
      btoa,
      atob,
    },
    { codeGeneration: { strings: false, wasm: true } },
  );

/**
 * Runs a built module in a world without Node: no process, no Buffer, no module but the allowed ones.
 * @returns its exports, and every file that was run
 */
export function loadWithoutNode(
  entry: string,
  { names, built }: Allowed,
): Readonly<{ exports: Exports; files: readonly string[] }> {
  const world = platform();
  const loaded = new Map<string, { exports: Exports }>();
  const get = (file: string): Exports => {
    const known = loaded.get(file);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(file, module);
    const found = createRequire(file);
    const need = (name: string): Exports => {
      if (!names.test(name)) throw new Error(`${file} needs ${name}`);
      return get(built[name] ?? found.resolve(name));
    };
    const wrapped = `(function (exports, require, module) {${readFileSync(file, 'utf8')}\n})`;
    const run = runInContext(wrapped, world, { filename: file }) as (...args: unknown[]) => void;
    run(module.exports, need, module);
    return module.exports;
  };
  return { exports: get(entry), files: [...loaded.keys()] };
}
