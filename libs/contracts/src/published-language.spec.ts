import { gearCatalog } from './gear-catalog';
import { identity } from './identity';
import { readerOf } from './reader';
import { rendering } from './rendering';
import { shootouts } from './shootouts';
import { signalChains } from './signal-chains';

const contexts = [identity, gearCatalog, signalChains, shootouts, rendering];

describe.each(contexts.map((each) => [each.name, each.definitions] as const))('%s', (_, definitions) => {
  test.each(definitions.map((each) => [each.name, each] as const))(
    'the example of %s is strict and readable',
    (_name, def) => {
      const strict = def.data.safeParse(def.example);
      expect(strict.error).toBeUndefined();
      expect(readerOf(def.data).safeParse(def.example).success).toBe(true);
    },
  );
});
