import { anId, given } from '@gts/testing';
import fc from 'fast-check';
import { changeGear, type Gear, irKindOf, removeGear } from './gear';
import { obstacle, release } from './hold';
import { matches, searchWords, termsOf, wantedBy } from './search-terms';
import { slugChoice, slugOf } from './slug';

const gearId = anId<'Gear'>(1);
const aGear = (part: Partial<Gear> = {}): Gear => ({
  scope: 'TENANT',
  name: 'Plexi 1959',
  slug: 'plexi-1959',
  gearType: 'amp',
  irKind: null,
  format: 'nam',
  description: null,
  make: { id: anId(2), name: 'Märshall', slug: 'marshall' },
  tags: [{ id: anId(3), name: 'high gain', slug: 'high-gain' }],
  licence: { code: 'cc-by', raw: 'cc-by', attribution: 'somebody' },
  source: { name: 'upload', recordId: gearId, url: null },
  sourceKey: `upload:${gearId}`,
  availability: 'AVAILABLE',
  ...part,
});

describe('gear', () => {
  test('of the platform is neither changed nor removed by workspaces', () => {
    const platform = aGear({ scope: 'PLATFORM' });
    given(platform)
      .when(changeGear(gearId, { name: 'x' }))
      .thenRefused('GEAR.GEAR_READ_ONLY');
    expect(() => removeGear(gearId)(platform)).toThrow(expect.objectContaining({ code: 'GEAR.GEAR_READ_ONLY' }));
  });
  test('changes what is named, clears what is null, and tells all of it', () => {
    const changed = given(aGear()).when(changeGear(gearId, { name: 'Plexi', make: null, description: undefined }));
    changed.thenState({ name: 'Plexi', make: null, description: null, licence: aGear().licence });
    changed.thenEvents({
      type: 'GearUpdated',
      gearId,
      gearType: 'amp',
      irKind: null,
      name: 'Plexi',
      licenceCode: 'cc-by',
      scope: 'TENANT',
    });
  });
  test('only impulse responses have a kind', () => {
    expect([irKindOf('ir', undefined), irKindOf('ir', 'reverb'), irKindOf('amp', undefined)]).toEqual([
      'cabinet',
      'reverb',
      null,
    ]);
    expect(() => irKindOf('amp', 'cabinet')).toThrow(expect.objectContaining({ code: 'GEAR.GEAR_INVALID' }));
  });
});

const found = (filters: Parameters<typeof wantedBy>[0], gear = aGear(), sha256s = ['ab']) =>
  matches({ terms: termsOf(gear, sha256s), words: searchWords(gear) }, wantedBy(filters));

describe('search', () => {
  test.each([
    [{ q: 'plex' }, true],
    [{ q: '1959 PLEXI' }, true],
    [{ q: 'marsh high' }, true],
    [{ q: 'exi' }, false],
    [{ q: 'plexi fender' }, false],
    [{ q: '***' }, false],
    [{ q: '((((a+)+)+' }, false],
    [{ gearType: 'amp', make: 'marshall', tag: 'high-gain', sha256: 'ab' }, true],
    [{ gearType: 'amp', irKind: 'cabinet' }, false],
    [{ source: 'demo' }, false],
    [{ availability: 'AVAILABLE', licence: 'cc-by', format: 'nam' }, true],
  ])('%j: %s', (filters, expected) => {
    expect(found(filters)).toBe(expected);
  });
  test('asks the index for what narrows most', () => {
    expect(wantedBy({ gearType: 'ir', source: 'demo', irKind: 'cabinet' }).terms[0]).toBe('ir:cabinet');
    expect(wantedBy({ q: 'a plexi', tag: 'x', sha256: 'ab' }).terms.slice(0, 2)).toEqual(['sha256:ab', 'word:plexi']);
  });
  test('finds gear by every prefix of every word of its name, also of long words', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,24}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat(), (words, which, length) => {
        const wanted = words[which % words.length] ?? '';
        const q = wanted.slice(0, 1 + (length % wanted.length));
        expect(found({ q }, aGear({ name: words.join(' ') }))).toBe(true);
        expect(found({ q: `${wanted}~`.repeat(2).replaceAll('~', 'zz') }, aGear({ name: 'y', make: null }))).toBe(
          false,
        );
      }),
    );
  });
});

test('slugs hold letters, digits and hyphens only, and are never empty', () => {
  expect([slugOf('Märshall  Plexi™ #2'), slugOf('日本'), slugChoice('plexi', 3)]).toEqual([
    'marshall-plexitm-2',
    'gear',
    'plexi-3',
  ]);
  fc.assert(
    fc.property(fc.string(), (text) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(slugOf(text)) && slugOf(text).length <= 80),
  );
});

describe('a hold', () => {
  const model = { status: 'AVAILABLE', file: { sha256: 'a', bytes: 1, mediaType: 'x' } } as never;
  test.each([
    [undefined, aGear(), 'GEAR.GEAR_MODEL_UNKNOWN'],
    [model, aGear({ availability: 'WITHDRAWN' }), 'GEAR.GEAR_WITHDRAWN'],
    [{ status: 'REJECTED', file: null } as never, aGear(), 'GEAR.MODEL_REJECTED'],
    [{ status: 'QUEUED', file: null } as never, aGear(), 'GEAR.MODEL_UNAVAILABLE'],
    [model, aGear(), undefined],
  ])('%#: is stopped by %3$s', (which, gear, code) => {
    expect(obstacle(which, gear)).toBe(code);
  });
  test('that is pinned is not released', () => {
    const hold = { gearModelIds: [], expiresAt: '' as never };
    expect(release({ ...hold, state: 'HELD' }).state).toBe('RELEASED');
    expect(release({ ...hold, state: 'PINNED' }).state).toBe('PINNED');
  });
});
