import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { audioRefusal } from '@gts/audio';
import { type AmpEngine, type AmpPlan, isForeign, type PlayOptions, stopped } from '../engine';
import { type NamModel } from '../model';

/** Changes whenever this adapter can change a bit of a result. */
const ADAPTER_VERSION = '1';
/** The package fills no more than its own buffer, and says nothing when it is given more. */
const BLOCK = 512;

export type CompatPlan = AmpPlan & Readonly<{ text: string }>;
export type CompatEngine = AmpEngine<CompatPlan>;

const wasmFile = (): string => require.resolve('@opendaw/nam-wasm/nam.wasm');
const idOf = (wasm: Uint8Array): string =>
  `compat:${createHash('sha256').update(wasm).digest('hex')}:${ADAPTER_VERSION}`;
/** The id of the compatibility engine without starting it; reads the binary once a call. */
export const compatEngineId = (): string => idOf(readFileSync(wasmFile()));

type Module = Awaited<ReturnType<typeof startModule>>;

async function startModule(wasmBinary: ArrayBuffer) {
  // ESM only, so no require; and it would fetch its binary from a URL if it were not given one.
  const { createNamModule, NamWasmModule } = await import('@opendaw/nam-wasm');
  const nam = NamWasmModule.fromModule(await createNamModule({ wasmBinary }), BLOCK);
  nam.setMaxBufferSize(BLOCK);
  return nam;
}

const crash = (detail: string, cause?: unknown) => audioRefusal('engine.crash', detail, { cause });

/** The package throws bare numbers at models that it refuses. */
function loaded(nam: Module, id: number, text: string): void {
  try {
    nam.loadModel(id, text);
  } catch (cause) {
    if (typeof cause !== 'number') throw cause;
    throw audioRefusal('nam.schema', 'the compatibility engine refuses the model', { cause });
  }
  // Without a model it would pass its input through.
  if (!nam.hasModel(id)) throw audioRefusal('nam.schema', 'the compatibility engine did not take the model');
}

type Playing = Readonly<{ nam: Module; id: number; x: Float32Array }>;

function play({ nam, id, x }: Playing, { cancelled, onProgress }: PlayOptions): Float32Array {
  const y = new Float32Array(x.length);
  for (let at = 0; at < x.length; at += BLOCK) {
    if (cancelled?.()) throw stopped();
    nam.process(id, x.subarray(at, at + BLOCK), y.subarray(at, at + BLOCK));
    onProgress?.(Math.min(at + BLOCK, x.length));
  }
  return y;
}

const isSame = (x: Float32Array, y: Float32Array): boolean => x.every((v, i) => v === y[i]) && x.some((v) => v !== 0);

function render(nam: Module, { text, sampleRate }: CompatPlan, { x, options }: Job): Float32Array {
  nam.setSampleRate(sampleRate);
  const id = nam.createInstance();
  try {
    loaded(nam, id, text);
    nam.reset(id);
    const y = play({ nam, id, x }, options);
    if (isSame(x, y)) throw crash('the compatibility engine passed its input through');
    return y;
  } finally {
    nam.destroyInstance(id);
  }
}
type Job = Readonly<{ x: Float32Array; options: PlayOptions }>;

const isTrap = (error: unknown): boolean => error instanceof Error && error.name === 'RuntimeError';

function prepare(model: NamModel): CompatPlan {
  if (!isForeign(model)) throw audioRefusal('nam.architecture', 'the own engine plays this model');
  const { text, sampleRate, receptiveField, ops } = model;
  return { text, sampleRate, receptiveField, ops, floats: model.weights.length };
}

/** One module a thread: after a trap its memory is not to be trusted, so it is dropped. */
let opened: Promise<CompatEngine> | undefined;

async function open(): Promise<CompatEngine> {
  const wasm = readFileSync(wasmFile());
  const nam = await startModule(new Uint8Array(wasm).buffer);
  let broken = false;
  return {
    id: idOf(wasm),
    tanh: 'fast',
    supports: isForeign,
    prepare,
    render(plan, x, options = {}) {
      if (broken) throw crash('the compatibility engine broke down before: open it again');
      try {
        return render(nam, plan, { x, options });
      } catch (cause) {
        if (!isTrap(cause)) throw cause;
        broken = true;
        opened = undefined;
        throw crash('the compatibility engine broke down', cause);
      }
    },
  };
}

/**
 * Opens `@opendaw/nam-wasm` for this thread; once opened, the same engine every time until it breaks down.
 * `render` throws `nam.schema` for a model that the package refuses, `engine.crash` when it traps or answers with
 * its input, AbortError when cancelled; its tanh is the fast one. Not for Jest's own thread: the package is ESM only.
 */
export const openCompatEngine = (): Promise<CompatEngine> => (opened ??= open());
