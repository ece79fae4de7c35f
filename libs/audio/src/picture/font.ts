/** Rows of a glyph: seven above the line, one below. */
export const GLYPH_ROWS = 8;
const COLUMNS = 5;
const FIRST = 0x20;

// Five columns a glyph from the space to the tilde, two hex digits each, the lowest bit on top.
const COLUMNS_OF_ALL = [
  '0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649562050 0005030000',
  '001c224100 0041221c00 14083e0814 08083e0808 00a0600000 0808080808 0060600000 2010080402',
  '3e5149453e 00427f4000 4261514946 2141454b31 1814127f10 2745454539 3c4a494930 0171090503',
  '3649494936 064949291e 0036360000 00a6660000 0814224100 1414141414 0041221408 0201510906',
  '324979413e 7e1111117e 7f49494936 3e41414122 7f4141221c 7f49494941 7f09090901 3e4149497a',
  '7f0808087f 00417f4100 2040413f01 7f08142241 7f40404040 7f020c027f 7f0408107f 3e4141413e',
  '7f09090906 3e4151215e 7f09192946 4649494931 01017f0101 3f4040403f 1f2040201f 3f4038403f',
  '6314081463 0304780403 6151494543 007f414100 0204081020 0041417f00 0402010204 4040404040',
  '0001020400 2054545478 7f48444438 3844444420 384444487f 3854545418 087e090102 18a4a4a47c',
  '7f08040478 00447d4000 4080807400 7f10284400 00417f4000 7c04180478 7c08040478 3844444438',
  'fc24242418 18242428fc 7c08040408 4854545420 043f444020 3c4040207c 1c2040201c 3c4030403c',
  '4428102844 1ca0a0a07c 4464544c44 0008364100 00007f0000 0041360800 0804081008',
]
  .join('')
  .replaceAll(' ', '');

const UNKNOWN = '?'.charCodeAt(0);
const LAST = 0x7e;

/** A glyph without the blank columns at its sides: one byte a column, the lowest bit on top. */
function columnsOf(code: number): readonly number[] {
  const at = (code - FIRST) * 2 * COLUMNS;
  const all = Array.from({ length: COLUMNS }, (_, i) => parseInt(COLUMNS_OF_ALL.slice(at + 2 * i, at + 2 * i + 2), 16));
  const from = all.findIndex((bits) => bits !== 0);
  return from < 0 ? [0, 0] : all.slice(from, all.findLastIndex((bits) => bits !== 0) + 1);
}

const glyphs = Array.from({ length: LAST - FIRST + 1 }, (_, i) => columnsOf(FIRST + i));

const FOLDED: Readonly<Record<string, string>> = {
  '–': '-',
  '—': '-',
  '−': '-',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
};

/** The text in ASCII: accents are dropped, dashes and quotes made plain, everything else is `?`. */
export const asciiOf = (text: string): string =>
  Array.from(text.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(/\s+/g, ' '), (letter) => {
    const plain = FOLDED[letter] ?? letter;
    return plain >= ' ' && plain <= '~' ? plain : '?';
  }).join('');

/** Columns of one ASCII letter. */
export const glyphOf = (letter: string): readonly number[] =>
  glyphs[letter.charCodeAt(0) - FIRST] ?? glyphs[UNKNOWN - FIRST];
