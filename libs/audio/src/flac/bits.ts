import { broken } from './pad-flac';

/** 32 bits from that bit on as a signed number; zeros behind the end. */
export function wordAt(bytes: Uint8Array, at: number): number {
  const i = at >>> 3;
  const past = at & 7;
  const word = (bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3];
  return (word << past) | (bytes[i + 4] >>> (8 - past));
}

/** Reads bits, the most significant of a byte first. @throws `encoder.failed` behind the end */
export class Bits {
  /** The next bit. */
  at = 0;
  private readonly end: number;

  constructor(readonly bytes: Uint8Array) {
    this.end = 8 * bytes.length;
  }

  /** The next 32 as a signed number, without going on; zeros behind the end. */
  peek(): number {
    return wordAt(this.bytes, this.at);
  }

  /** An unsigned number of at most 32 bits. */
  read(count: number): number {
    const value = count === 0 ? 0 : this.peek() >>> (32 - count);
    this.skip(count);
    return value;
  }

  signed(count: number): number {
    const value = count === 0 ? 0 : this.peek() >> (32 - count);
    this.skip(count);
    return value;
  }

  /** Counts the zeros before the next one, and passes it. */
  zeros(): number {
    let count = 0;
    for (let more = 32; more === 32; count += more) {
      more = Math.clz32(this.peek());
      this.skip(more === 32 ? 32 : more + 1);
    }
    return count;
  }

  skip(count: number): void {
    this.at += count;
    if (this.at > this.end) throw broken('ends within a frame');
  }

  /** To the next whole byte. */
  align(): void {
    this.at = (this.at + 7) & ~7;
  }
}
