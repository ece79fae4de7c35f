// The peer of the kernel: @opendaw/nam-wasm, NeuralAmpModelerCore compiled to WebAssembly, driven as fast as it goes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../bootstrap.mjs';

const BUFFER = 512;
// By its path: the package is a dependency of libs/nam, whose adapter adds checks that a race should not pay for.
const folder = join(root, 'node_modules', '@opendaw', 'nam-wasm', 'dist');

/** One module for all models; `player(text)` answers (x) => y, warmed up with silence like ours. */
export async function peerEngine() {
  const { createNamModule, NamWasmModule } = await import(join(folder, 'index.js'));
  const wasmBinary = readFileSync(join(folder, 'nam.wasm'));
  const nam = NamWasmModule.fromModule(await createNamModule({ wasmBinary }), BUFFER);
  nam.setMaxBufferSize(BUFFER);
  nam.setSampleRate(48_000);
  return {
    player(text) {
      const id = nam.createInstance();
      if (!nam.loadModel(id, text) || !nam.hasModel(id)) throw new Error('the peer refuses the model');
      return (x) => {
        nam.reset(id);
        const y = new Float32Array(x.length);
        for (let at = 0; at < x.length; at += BUFFER)
          nam.process(id, x.subarray(at, at + BUFFER), y.subarray(at, at + BUFFER));
        return y;
      };
    },
  };
}
