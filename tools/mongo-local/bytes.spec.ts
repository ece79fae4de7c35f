import fc from 'fast-check';
import { Collector } from './bytes.ts';

const HEAD = 4;
const framed = (content: Uint8Array): Buffer => {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(HEAD + content.length);
  return Buffer.concat([head, content]);
};

test('messages come out whole, however their bytes arrive', () => {
  const content = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(fc.array(content, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 30 })), (contents, cuts) => {
      const collector = new Collector(HEAD, (head) => head.readUInt32BE());
      const taken: Buffer[] = [];
      const push = (chunk: Buffer) => {
        collector.push(chunk);
        for (let each = collector.take(); each; each = collector.take()) taken.push(Buffer.from(each));
      };
      let rest = Buffer.concat(contents.map(framed));
      for (const cut of cuts) {
        push(rest.subarray(0, cut));
        rest = rest.subarray(cut);
      }
      push(rest);
      expect(taken).toEqual(contents.map(framed));
    }),
  );
});
