import { rendering } from './rendering';

test.each(rendering.definitions.map((each) => [each.type, each] as const))('%s parses its example', (_, each) => {
  expect(() => each.data.parse(each.example)).not.toThrow();
});
