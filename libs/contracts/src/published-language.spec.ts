import { readerOf } from './reader';
import { gearCatalog } from './gear-catalog';
import { identity } from './identity';

describe.each([identity, gearCatalog].map((each) => [each.name, each.definitions] as const))('%s', (_, definitions) => {
  test.each(definitions.map((each) => [each.name, each] as const))(
    'the example of %s is strict and readable',
    (_name, def) => {
      const strict = def.data.safeParse(def.example);
      expect(strict.error).toBeUndefined();
      expect(readerOf(def.data).safeParse(def.example).success).toBe(true);
    },
  );
});
