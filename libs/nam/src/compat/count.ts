import { audioRefusal } from '@gts/audio/browser';
import { type ForeignArray } from './array';

/** Numbers in the file, and numbers in the matrices that the engine lays out: groups leave holes in these. */
export type Count = Readonly<{ stored: number; dense: number }>;
type Matrix = Readonly<{ inputs: number; outputs: number; taps?: number; groups?: number; bias?: boolean }>;

/** @throws `nam.bounds` for groups that do not divide the channels */
function countOf({ inputs, outputs, taps = 1, groups = 1, bias = false }: Matrix): Count {
  if (inputs % groups !== 0 || outputs % groups !== 0)
    throw audioRefusal('nam.bounds', `${groups} groups divide neither ${inputs} inputs nor ${outputs} outputs`);
  const dense = inputs * outputs * taps;
  return { stored: dense / groups + (bias ? outputs : 0), dense };
}

export const sum = (counts: readonly Count[]): Count => ({
  stored: counts.reduce((total, { stored }) => total + stored, 0),
  dense: counts.reduce((total, { dense }) => total + dense, 0),
});

function layerMatrices(array: ForeignArray, index: number): readonly Matrix[] {
  const { channels, bottleneck, condition, layer1x1, head1x1, groups } = array;
  const wide = array.gating[index] === 'none' ? bottleneck : 2 * bottleneck;
  return [
    { inputs: channels, outputs: wide, taps: array.kernelSizes[index], groups: groups.input, bias: true },
    { inputs: condition, outputs: wide, groups: groups.mixin },
    ...(layer1x1.active ? [{ inputs: bottleneck, outputs: channels, groups: layer1x1.groups, bias: true }] : []),
    ...(head1x1.active
      ? [{ inputs: bottleneck, outputs: head1x1.out_channels, groups: head1x1.groups, bias: true }]
      : []),
    ...filmMatrices(array, wide),
  ];
}

function filmMatrices({ films, channels, bottleneck, condition, head1x1 }: ForeignArray, wide: number): Matrix[] {
  const modulated = {
    conv_pre_film: channels,
    conv_post_film: wide,
    input_mixin_pre_film: condition,
    input_mixin_post_film: wide,
    activation_pre_film: wide,
    activation_post_film: bottleneck,
    layer1x1_post_film: channels,
    head1x1_post_film: head1x1.out_channels,
  } as const;
  return (Object.keys(modulated) as (keyof typeof modulated)[])
    .filter((name) => films[name].active)
    .map((name) => ({
      inputs: condition,
      outputs: modulated[name] * (films[name].shift ? 2 : 1),
      groups: films[name].groups,
      bias: true,
    }));
}

/** @throws `nam.bounds` */
export function countArray(array: ForeignArray): Count {
  const { inputs, channels, headInputs, head, kernelSizes } = array;
  return sum(
    [
      { inputs, outputs: channels },
      ...kernelSizes.flatMap((_, index) => layerMatrices(array, index)),
      { inputs: headInputs, outputs: head.out_channels, taps: head.kernel_size, bias: head.bias },
    ].map(countOf),
  );
}

export type Stack = Readonly<{ inputs: number; channels: number; outputs: number; kernelSizes: readonly number[] }>;
/** The convolutions of a head of its own: the last one gives the outputs. */
export const countStack = ({ inputs, channels, outputs, kernelSizes }: Stack): Count =>
  sum(
    kernelSizes.map((taps, i) =>
      countOf({
        inputs: i === 0 ? inputs : channels,
        outputs: i === kernelSizes.length - 1 ? outputs : channels,
        taps,
        bias: true,
      }),
    ),
  );
