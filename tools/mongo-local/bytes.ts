/**
 * Collects the chunks of a stream and gives them back in messages, without copying a long message once per chunk.
 */
export class Collector {
  readonly #sizeOf: (head: Buffer) => number;
  readonly #headBytes: number;
  #chunks: Buffer[] = [];
  #length = 0;

  /** @param sizeOf whole length of the message whose first `headBytes` bytes are given */
  constructor(headBytes: number, sizeOf: (head: Buffer) => number) {
    this.#headBytes = headBytes;
    this.#sizeOf = sizeOf;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** The next whole message; undefined until more bytes arrive. */
  take(): Buffer | undefined {
    const head = this.#first(this.#headBytes);
    const message = head && this.#first(this.#sizeOf(head));
    if (message) this.#drop(message.length);
    return message;
  }

  /** A view of the first bytes; undefined while there are fewer. */
  #first(bytes: number): Buffer | undefined {
    if (this.#length < bytes) return undefined;
    if ((this.#chunks[0]?.length ?? 0) < bytes) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]?.subarray(0, bytes);
  }

  #drop(bytes: number): void {
    const first = this.#chunks[0];
    if (first && first.length > bytes) this.#chunks[0] = first.subarray(bytes);
    else this.#chunks.shift();
    this.#length -= bytes;
  }
}
