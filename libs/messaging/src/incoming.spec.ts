import { context } from '@gts/contracts';
import { z } from 'zod';
import { type Asked, parseMessage } from './incoming';

const toys = context('rendering');
const Run = toys.command('Run', {
  mode: 'saga',
  version: 1,
  summary: 'Runs.',
  data: z.strictObject({}),
  example: {},
});
const asked: Asked = { defs: new Map([[Run.type, Run]]), known: (type) => type !== 'rendering.Newer' };
const garbage = { headers: {}, body: new Uint8Array([0xff, 0x00]) };
const read = (subject: string, from: Asked = asked) => parseMessage({ subject, ...garbage }, from);

test('bytes for a neighbour on the same stream are not looked at: only their own consumer parks them', () => {
  expect(read('cmd.rendering.Neighbour')).toBeUndefined();
  expect(read('evt.rendering.p07.Job.Ended')).toBeUndefined();
  expect(read('evt.rendering.p07.Job.Ended', { ...asked, aggregate: 'Tone' })).toBeUndefined();
});

test.each(['cmd.rendering.Run', 'cmd.rendering.Newer', 'elsewhere', 'evt.rendering.p07.Job.Ended'])(
  'bytes on %s are judged here',
  (subject) => {
    expect(() => read(subject, { ...asked, aggregate: 'Job' })).toThrow(
      expect.objectContaining({ reason: 'UNDECODABLE' }),
    );
  },
);
