import { instantiateWasm, type WasmMemory, type WasmModule } from '@gts/audio/browser';
import { BASE } from './layout';

const PAGE = 65_536;
const MOST_KEPT_BYTES = 16_000_000;

/** What the kernel exports. */
type Calls = Readonly<{
  play(program: number, operations: number, frames: number): void;
  keep(program: number, operations: number, frames: number): void;
}>;
export type Place = Readonly<{ memory: WasmMemory; exports: Calls }>;

/** Memory that renders take one after the other: dead ones would wait for the collector. */
export class Room {
  private kept: Place | undefined;

  constructor(private readonly module: WasmModule) {}

  /** Silence of so many pages, for one render; whoever comes meanwhile gets another place. */
  take(pages: number): Place {
    const { kept } = this;
    this.kept = undefined;
    if (!kept || kept.memory.buffer.byteLength < pages * PAGE) return instantiateWasm<Calls>(this.module, pages);
    new Uint8Array(kept.memory.buffer, BASE).fill(0);
    return kept;
  }

  giveBack(place: Place): void {
    if (place.memory.buffer.byteLength <= MOST_KEPT_BYTES) this.kept = place;
  }
}
