import { acceptDiWav, acceptIrWav, audioCodes, audioLimits } from '@gts/audio';
import { aTone, badCaptures, badRecordings, hostileCaptures, namBytes, aGoodCapture, wavFile } from '@gts/testing';
import { ampOf, oracleEngine, parseNam, probeNam } from './index';

// audio.md §5: the list is closed. Every code that a file can be refused with is met by a file here.
type Read = (bytes: Buffer) => unknown;
const codeOf = (read: Read, bytes: Buffer): string => {
  try {
    read(bytes);
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const judged: Read = (bytes) => probeNam(ampOf(oracleEngine, parseNam(bytes)));
const silent = namBytes({ ...aGoodCapture(), weights: aGoodCapture().weights.map(() => 0) });
const captures = [...badCaptures(), ...hostileCaptures()].map(([, , bytes]) => bytes);

const recordings = badRecordings().map(([, , bytes]) => bytes);
const take = (frames: number) => wavFile({ channels: [aTone(frames)], bits: 8 });
const loud = wavFile({ channels: [aTone(48_000).map((v) => 100 * v)], float: true });
const large = (family: 'wav' | 'ir') => Buffer.alloc(audioLimits[family].bytes + 1);
const takes = [...recordings, loud, take(40_000), take(121 * 48_000), large('wav')];
const responses = [...recordings, loud, take(11 * 48_000), large('ir')];

const family = (name: string) =>
  audioCodes.map(({ code }) => code as string).filter((code) => code.startsWith(`${name}.`));
const met = (read: Read, files: readonly Buffer[]) =>
  [...new Set(files.map((file) => codeOf(read, file)))].filter((code) => code !== 'accepted').toSorted();

test('each code of captures', () => {
  expect(met(judged, [...captures, silent])).toEqual(family('nam').toSorted());
});
test('each code of recordings', () => {
  expect(met(acceptDiWav, takes)).toEqual(family('wav').toSorted());
});
test('each code of impulse responses, of which none is too short: one sample will do', () => {
  const codes = family('ir').filter((code) => code !== 'ir.too_short');
  expect(met(acceptIrWav, responses)).toEqual(codes.toSorted());
});
test('the rest is what a chain, a store and the machinery answer with', () => {
  const rest = audioCodes.map(({ code }) => code as string).filter((code) => !/^(?:nam|wav|ir)\./.test(code));
  const others =
    'di.container_forbidden di.inspection_timeout fx.params render.non_finite render.silent input.missing input.corrupt ' +
    'engine.timeout engine.crash engine.memory encoder.failed encoder.timeout store.unavailable store.full';
  expect(rest).toEqual(others.split(' '));
});
