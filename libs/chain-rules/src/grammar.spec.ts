import { ROLES, type Role, grammarFindings, guidance } from './index';

const letters: Record<Role, string> = { pedal: 'p', amp: 'a', full_rig: 'f', ir: 'i', post_effect: 'e' };
// The independent recogniser: the grammar as a regular expression over one letter a role.
const inGrammar = (roles: readonly Role[]): boolean => /^p*(ai|f)e*$/.test(roles.map((role) => letters[role]).join(''));
const sequences = (length: number): Role[][] =>
  length === 0 ? [[]] : sequences(length - 1).flatMap((shorter) => ROLES.map((role) => [...shorter, role]));
const upTo = (length: number): Role[][] => Array.from({ length: length + 1 }, (_, n) => sequences(n)).flat();
const codes = (roles: Role[]): string[] =>
  grammarFindings(roles)
    .map(({ code, pointer }) => code + pointer.replace(/^\/blocks\/?/, '@'))
    .sort();

test.each<[Role[], string[]]>([
  [[], ['NO_AMP@']],
  [['amp'], ['IR_REQUIRED@0']],
  [['full_rig', 'ir'], ['IR_FORBIDDEN@1']],
  [
    ['amp', 'amp', 'ir', 'ir'],
    ['MULTIPLE_AMPS@1', 'MULTIPLE_IRS@3'],
  ],
  [['ir', 'amp'], ['INVALID_ORDER@1']],
  [['amp', 'post_effect', 'ir'], ['INVALID_ORDER@2']],
  [
    ['post_effect', 'full_rig', 'ir', 'full_rig'],
    ['INVALID_ORDER@1', 'IR_FORBIDDEN@2', 'MULTIPLE_AMPS@3'],
  ],
  [
    ['ir', 'ir'],
    ['MULTIPLE_IRS@1', 'NO_AMP@'],
  ],
])('%j is refused with %j', (roles, expected) => {
  expect(codes(roles)).toEqual(expected);
});

test('agrees with an independent recogniser on every sequence of up to six roles', () => {
  const all = upTo(6);
  expect(all).toHaveLength(19_531);
  const wrong = all.filter((roles) => (grammarFindings(roles).length === 0) !== inGrammar(roles));
  expect(wrong).toEqual([]);
});

test('every finding points at a place that exists, and names it once', () => {
  const bad = upTo(5).filter((roles) => {
    const pointers = grammarFindings(roles).map(({ code, pointer }) => `${code}${pointer}`);
    const places = grammarFindings(roles).map(({ pointer }) => Number(pointer.split('/')[2] ?? -1));
    return new Set(pointers).size !== pointers.length || places.some((place) => place >= roles.length);
  });
  expect(bad).toEqual([]);
});

// A prefix is acceptable when some chain begins with it: two more blocks always suffice to finish one.
const finishes = (roles: Role[]): boolean => upTo(2).some((rest) => inGrammar([...roles, ...rest]));

test('offers exactly what some accepted chain has next, for every prefix up to six blocks', () => {
  const wrong = upTo(6).filter((prefix) => {
    const offered = guidance(prefix);
    if (!finishes(prefix)) return offered !== undefined;
    const accepted = ROLES.filter((role) => finishes([...prefix, role]));
    return JSON.stringify([...(offered?.next ?? [])].sort()) !== JSON.stringify([...accepted].sort());
  });
  expect(wrong).toEqual([]);
});

test('calls a prefix complete exactly when it is a chain', () => {
  const wrong = upTo(6).filter((roles) => (guidance(roles)?.complete ?? false) !== inGrammar(roles));
  expect(wrong).toEqual([]);
});

test('offers nothing beyond twelve blocks', () => {
  const full: Role[] = ['full_rig', ...Array.from({ length: 11 }, (): Role => 'post_effect')];
  expect(guidance(full)).toEqual({ next: [], complete: true });
});
