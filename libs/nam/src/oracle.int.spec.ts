import { anLstm, aWaveNet, naiveNam, namBytes, type NamFile, publishedShapes, relativeDb, seeded } from '@gts/testing';
import { prepareOracle, readForOracle, renderOracle } from './index';

const signal = (frames: number) => {
  const draw = seeded(7);
  return Float32Array.from({ length: frames }, () => 0.6 * draw() - 0.3);
};

const files: readonly (readonly [string, NamFile])[] = [
  ...Object.entries(publishedShapes).map(([name, arrays]) => [name, aWaveNet(41, arrays)] as const),
  ...(
    [
      [16, 2],
      [24, 1],
      [40, 1],
    ] as const
  ).map((shape) => [`LSTM ${shape.join('×')}`, anLstm(42, shape)] as const),
];

/** The naive recursion shares no code with the engine; float32 results alone leave about −150 dB. */
test.each(files)('%s equals its recursion within −140 dB', (_, file) => {
  const x = signal(100);
  const y = renderOracle(prepareOracle(readForOracle(namBytes(file))), x);
  expect(relativeDb(y, naiveNam(file, x))).toBeLessThan(-140);
});
