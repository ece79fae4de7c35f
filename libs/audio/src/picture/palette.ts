import { type Colour, mixed } from './canvas';

type Theme = Readonly<Record<'ground' | 'panel' | 'well' | 'ink' | 'soft' | 'rule' | 'lamp' | 'tape', Colour>>;
/** The colours of the product's design language, dark and light. */
export const dark: Theme = {
  ground: 0x14110f,
  panel: 0x1e1a17,
  well: 0x0d0b0a,
  ink: 0xf1e8d8,
  soft: 0xb3a796,
  rule: 0x7d7163,
  lamp: 0xff5a36,
  tape: 0xe9d99a,
};
export const light: Theme = {
  ground: 0xf3ecdd,
  panel: 0xfbf7ee,
  well: 0xe6dcc7,
  ink: 0x1d1916,
  soft: 0x5a5047,
  rule: 0x82745f,
  lamp: 0xc33420,
  tape: 0xf2e6b8,
};
/** What is written on tape is black in both. */
export const TAPE_INK: Colour = 0x1d1916;

const ON_DARK = [0xe8746b, 0xd9ab4f, 0x5fc2b0, 0x7ab2e6, 0xbb93e3, 0xee9355, 0xa9bf55, 0xa9b6c2];
const ON_LIGHT = [0x8f2d2a, 0x8a6414, 0x1d6f63, 0x245f95, 0x6a3f93, 0xa04a12, 0x55691a, 0x4a5560];
/** Colour of a tone by its place in the set; from the ninth on they come again. */
export const toneColour = (tone: number, theme: 'dark' | 'light' = 'dark'): Colour =>
  (theme === 'dark' ? ON_DARK : ON_LIGHT)[tone % ON_DARK.length];

const HEAT = [dark.well, 0x3a1512, 0x8f2d2a, 0xd9762f, 0xe9c46a, 0xfff6e0];
/** Black over oxblood and amber to cream, 256 steps. */
export const heat: readonly Colour[] = Array.from({ length: 256 }, (_, i) => {
  const place = (i / 255) * (HEAT.length - 1);
  const step = Math.min(HEAT.length - 2, Math.floor(place));
  return mixed(HEAT[step], HEAT[step + 1], place - step);
});
