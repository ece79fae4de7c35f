import { acceptDiWav, acceptIrWav, audioLimits, type Ir, prepareIr } from '@gts/audio/browser';
import { chooseEngine, isForeign, type OwnEngine, parseNam, type SteppedAmp } from '@gts/nam/browser';
import { Kept } from './kept';
import type { Source } from './protocol';

const MIB = 1024 * 1024;
const FORBIDDEN = 403;
/** One byte more than any reader takes: its refusal needs no more of a file that is too large. */
const MOST_READ = audioLimits.wav.bytes + 1;

/** A signal and the SHA-256 of its bytes, by which everything made of it is found again. */
export type Sound = Readonly<{ samples: Float32Array; sha256: string }>;
type FileBytes = Readonly<{ bytes: Uint8Array<ArrayBuffer>; sha256: string }>;

/** What the preview asks of the platform. */
export type Platform = Readonly<{
  fetch(url: string): Promise<Response>;
  hash(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
  engine: OwnEngine;
}>;

/** Why a file gives nothing to hear, where that is not its own fault. */
export class NotHere extends Error {
  constructor(
    readonly state: 'forbidden' | 'unsupported' | 'refused',
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

async function fetched({ fetch }: Platform, url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url).catch(() => undefined);
  if (!response) throw new NotHere('refused', 'fetch.failed', 'the file could not be fetched');
  if (response.status === FORBIDDEN)
    throw new NotHere('forbidden', 'preview-forbidden', 'the licence allows no preview');
  if (!response.ok) throw new NotHere('refused', 'fetch.failed', `the file could not be fetched: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Files, captures and impulse responses, each read and made ready once while there is room. */
export function sourcesOf(platform: Platform) {
  const files = new Kept<FileBytes>(32 * MIB);
  const amps = new Kept<SteppedAmp & Readonly<{ ops: number }>>(32 * MIB);
  const irs = new Kept<Ir>(32 * MIB);

  async function read(source: Source): Promise<FileBytes> {
    const known = 'url' in source ? files.get(source.url) : undefined;
    if (known) return known;
    const bytes =
      'url' in source
        ? await fetched(platform, source.url)
        : new Uint8Array(await source.file.slice(0, MOST_READ).arrayBuffer());
    const sha256 = await platform.hash(bytes);
    if ('url' in source) {
      if (source.sha256 !== undefined && source.sha256 !== sha256)
        throw new NotHere('refused', 'input.corrupt', 'the file is not the one that was named');
      files.set(source.url, { bytes, sha256 }, bytes.length);
    }
    return { bytes, sha256 };
  }

  /** @throws `nam.*`; NotHere for what the kernel does not play */
  async function amp(source: Source) {
    const { bytes, sha256 } = await read(source);
    const found = amps.get(sha256) ?? ampOf(platform.engine, bytes);
    amps.set(sha256, found, 16 * found.ops);
    return { sha256, amp: found };
  }

  /** @throws `ir.*` */
  async function ir(source: Source) {
    const { bytes, sha256 } = await read(source);
    const found = irs.get(sha256) ?? prepareIr(acceptIrWav(bytes).samples);
    irs.set(sha256, found, found.spectrum.byteLength);
    return { sha256, ir: found };
  }
  return { read, amp, ir };
}
export type Sources = ReturnType<typeof sourcesOf>;

function ampOf(engine: OwnEngine, bytes: Uint8Array): SteppedAmp & Readonly<{ ops: number }> {
  const model = parseNam(bytes);
  if (chooseEngine(model) === 'compat')
    throw new NotHere('unsupported', 'engine.compat', isForeign(model) ? model.reason : 'another engine plays it');
  const plan = engine.prepare(model);
  return { sampleRate: model.sampleRate, ops: plan.ops, steps: (x) => engine.steps(plan, x) };
}

/** Stages 1 to 3; WAV only. @throws `wav.*` */
export const decodeDi = (bytes: Uint8Array): Float32Array => acceptDiWav(bytes).samples;
