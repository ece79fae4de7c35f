import { unprotected } from '@gts/saga';
import { RunRequested } from '../toy/contracts';
import { toySaga } from '../toy/toy-saga';
import { sagaMatrix } from './saga-matrix';

const start = RunRequested.example;

test.each(sagaMatrix(toySaga, start).map((each) => [each.step, each.fate, each.run] as const))(
  'the step "%s" %s: the saga ends, and every armed undo is carried out',
  (_step, _fate, run) => {
    expect(run().broken).toEqual([]);
  },
);

test('covers every step in every way', () => {
  expect(sagaMatrix(toySaga, start)).toHaveLength(4 * 5 - 1);
});

test('goes red when undos are armed only after success', () => {
  const broken = sagaMatrix(unprotected(toySaga, ['undo armed before send']), start).flatMap(
    (each) => each.run().broken,
  );
  expect(broken).toContain("compensated, but 'hold gear' is done");
});
