import type { Finding } from '@gts/kernel';

/** A JSON value as the edge hands it on; objects have no prototype. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** `forbidden` names keys that could reach a prototype; they are left out of `value`. */
export type JsonRead = Readonly<{ value: JsonValue; forbidden: readonly Finding[] }>;

/** Text that is not one JSON value by our rules; `at` is the offset in UTF-16 units. */
export class JsonSyntaxError extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const MOST_DEPTH = 20;
const PROTOTYPE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const BLANK = /[ \t\n\r]*/y;
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

export const pointerTo = (pointer: string, key: string | number): string =>
  `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/**
 * Reads exactly one JSON value (RFC 8259): no BOM, double keys, depth above 20 or numbers beyond float64.
 * Own, because JSON.parse takes the last of two equal keys and any depth.
 * @throws JsonSyntaxError
 */
export function readJson(text: string): JsonRead {
  return new Reader(text).read();
}

class Reader {
  readonly #text: string;
  readonly #forbidden: Finding[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): JsonRead {
    const value = this.#value('', 0);
    this.#skip();
    if (this.#at < this.#text.length) this.#fail('there is text after the value');
    return { value, forbidden: this.#forbidden };
  }

  #value(pointer: string, depth: number): JsonValue {
    this.#skip();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(pointer, depth + 1);
      case '[':
        return this.#array(pointer, depth + 1);
      case '"':
        return this.#string();
      case undefined:
        return this.#fail('the text ends before its value');
      default:
        return this.#scalar();
    }
  }

  #object(pointer: string, depth: number): JsonValue {
    this.#enter(depth);
    const found = Object.create(null) as { [key: string]: JsonValue };
    const keys = new Set<string>();
    if (this.#takes('}')) return found;
    do {
      this.#skip();
      const key = this.#string();
      if (keys.has(key)) this.#fail(`the key ${JSON.stringify(key)} stands twice`);
      keys.add(key);
      if (!this.#takes(':')) this.#fail('a colon is missing');
      const below = pointerTo(pointer, key);
      const value = this.#value(below, depth);
      if (PROTOTYPE_KEYS.has(key)) this.#forbid(below);
      else found[key] = value;
    } while (this.#takes(','));
    if (!this.#takes('}')) this.#fail('a comma or } is missing');
    return found;
  }

  #array(pointer: string, depth: number): JsonValue {
    this.#enter(depth);
    const found: JsonValue[] = [];
    if (this.#takes(']')) return found;
    do found.push(this.#value(`${pointer}/${found.length}`, depth));
    while (this.#takes(','));
    if (!this.#takes(']')) this.#fail('a comma or ] is missing');
    return found;
  }

  #string(): string {
    const token = this.#match(STRING) ?? this.#fail('a string is missing or broken');
    return token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
  }

  #scalar(): JsonValue {
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const)
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    const number = Number(this.#match(NUMBER) ?? this.#fail('this is no JSON value'));
    if (!Number.isFinite(number)) this.#fail('the number is beyond float64');
    return number === 0 ? 0 : number;
  }

  #enter(depth: number): void {
    if (depth > MOST_DEPTH) this.#fail(`deeper than ${MOST_DEPTH} levels`);
    this.#at += 1;
  }

  #forbid(pointer: string): void {
    this.#forbidden.push({ code: 'unknown-field', pointer, detail: 'this key is never known: remove it' });
  }

  #takes(sign: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #skip(): void {
    this.#match(BLANK);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #fail(message: string): never {
    throw new JsonSyntaxError(message, this.#at);
  }
}
