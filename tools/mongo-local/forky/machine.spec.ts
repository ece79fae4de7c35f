import { debianMirror, Unavailable } from './machine.ts';
import { filesOfPlan } from './packages.ts';

test.each([
  ['one line', 'deb http://deb.debian.org/debian bookworm main\n'],
  [
    'one line with options',
    '# deb cdrom\ndeb [arch=amd64 signed-by=/k.gpg] http://deb.debian.org/debian/ bookworm main\n',
  ],
  ['paragraphs', 'Types: deb\n# http://snapshot.debian.org/x\nURIs: http://deb.debian.org/debian\nSuites: bookworm\n'],
])('the mirror is read from sources in %s', (_, text) => {
  const foreign = 'deb https://packages.example.org/apt stable main\n';
  expect(debianMirror([foreign, text])).toBe('http://deb.debian.org/debian');
});

test('without a Debian mirror that is said', () => {
  expect(() => debianMirror(['deb https://packages.example.org/apt stable main\n'])).toThrow(Unavailable);
});

test('a plan of apt names the files', () => {
  const plan = [
    'Reading package lists...',
    'Inst libc6 (2.43-7 Debian:testing [amd64]) []',
    'Inst perl-base (1:5.42.3-1 Debian:testing [all])',
    'Conf libc6 (2.43-7 Debian:testing [amd64])',
  ].join('\n');
  expect(filesOfPlan(plan)).toEqual(['libc6_2.43-7_amd64.deb', 'perl-base_1%3a5.42.3-1_all.deb']);
});
