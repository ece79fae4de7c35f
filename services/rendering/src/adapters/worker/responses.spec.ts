import { aTone, wavFile } from '@gts/testing';
import { Responses } from './responses';

const fileOf = (seconds: number, hertz = 330) => wavFile({ channels: [aTone(48_000 * seconds, hertz)] });
const untold = () => undefined;

test('a response is transformed once, for each use of its own', () => {
  const responses = new Responses();
  const file = fileOf(0.01);
  const ir = responses.cabinet(file, untold);
  expect(responses.cabinet(file.subarray(), untold)).toBe(ir);
  expect(responses.reverb(file, untold)).not.toBe(ir);
  responses.forget();
  expect(responses.cabinet(file, untold)).not.toBe(ir);
});
test('of many the last ones are kept', () => {
  const responses = new Responses();
  const [first, ...others] = [1, 2, 3, 4, 5].map((n) => fileOf(0.01, 100 * n));
  const kept = others.map((file) => [file, responses.cabinet(file, untold)] as const);
  for (const [file, ir] of kept) expect(responses.cabinet(file, untold)).toBe(ir);
  responses.cabinet(first ?? fileOf(1), untold);
  const [[oldest, ir] = [fileOf(1), undefined]] = kept;
  expect(responses.cabinet(oldest, untold)).not.toBe(ir);
});
