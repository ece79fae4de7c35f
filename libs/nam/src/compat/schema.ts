import { z } from 'zod';
import { loose, optional } from '../schema';

const orElse = <T>(type: z.ZodType<T>, otherwise: T) => optional(type).transform((value): T => value ?? otherwise);
const count = orElse(z.number(), 1);

const film = loose({ active: orElse(z.boolean(), true), shift: orElse(z.boolean(), true), groups: count }).transform(
  ({ active, shift, groups }) => ({ active, shift, groups }),
);
const noFilm = { active: false, shift: false, groups: 1 };
/** `false` and null switch a modulation off. */
const films = z
  .union([film, z.literal(false)])
  .nullish()
  .transform((value) => value || noFilm);
export type Film = z.infer<typeof film>;

const parameters = { min_val: z.number(), max_val: z.number(), min_slope: z.number(), max_slope: z.number() };
const bend = loose({
  type: z.string(),
  negative_slope: optional(z.number()),
  negative_slopes: optional(z.array(z.number())),
  alpha: optional(z.number()),
  min_val: optional(parameters.min_val),
  max_val: optional(parameters.max_val),
  min_slope: optional(parameters.min_slope),
  max_slope: optional(parameters.max_slope),
});
const bends = z.union([z.string().transform((type) => ({ type })), bend]).pipe(bend);
/** An activation with the parameters that its type may have. */
export type Bend = Readonly<Partial<z.infer<typeof bend>> & { type: string }>;

/** A layer array with everything that the compatibility engine knows; defaults as that engine has them. */
export const foreignArray = loose({
  input_size: z.number(),
  condition_size: count,
  channels: z.number(),
  bottleneck: optional(z.number()),
  dilations: z.array(z.number()),
  kernel_size: optional(z.number()),
  kernel_sizes: optional(z.array(z.number())),
  activation: z.union([bends, z.array(bends)]),
  gated: orElse(z.boolean(), false),
  gating_mode: optional(z.union([z.string(), z.array(z.string())])),
  secondary_activation: optional(z.union([bends, z.array(z.union([bends, z.null()]))])),
  head: optional(
    loose({ out_channels: z.number(), kernel_size: count, bias: orElse(z.boolean(), false) }).transform(
      ({ out_channels, kernel_size, bias }) => ({ out_channels, kernel_size, bias }),
    ),
  ),
  head_size: optional(z.number()),
  head_bias: orElse(z.boolean(), false),
  groups_input: count,
  groups_input_mixin: count,
  layer1x1: orElse(loose({ active: orElse(z.boolean(), true), groups: count }), { active: true, groups: 1 }),
  head1x1: optional(loose({ active: orElse(z.boolean(), true), out_channels: optional(z.number()), groups: count })),
  conv_pre_film: films,
  conv_post_film: films,
  input_mixin_pre_film: films,
  input_mixin_post_film: films,
  activation_pre_film: films,
  activation_post_film: films,
  layer1x1_post_film: films,
  head1x1_post_film: films,
});
export type RawForeignArray = z.infer<typeof foreignArray>;

const postHead = loose({
  in_channels: optional(z.number()),
  channels: z.number(),
  out_channels: z.number(),
  kernel_sizes: z.array(z.number()),
  activation: bends,
});
export type PostHead = z.infer<typeof postHead>;

export const foreignConfig = loose({
  layers: z.array(foreignArray),
  head: optional(postHead),
  condition_dsp: optional(loose({})),
});
export type RawForeign = z.infer<typeof foreignConfig>;
