import type { Id } from '@gts/kernel';
import { z } from 'zod';
import { gearSample } from '../gear-catalog/schemas';
import { id, text } from '../schemas';

const label = text(0, 60).optional();
const invalidType = { error: 'invalid-type' };

/** What a gear block may be; `effect` blocks stand before the amp (`pedal`) or after it (`post_effect`). */
export const blockRole = z.enum(['pedal', 'amp', 'full_rig', 'ir', 'post_effect'], invalidType);
const effectRole = z.enum(['pedal', 'post_effect'], invalidType);

const gear = { kind: z.literal('gear'), role: blockRole, gearModelId: id('GearModel'), label };
const effect = {
  kind: z.literal('effect'),
  role: effectRole,
  effect: z.string().max(40),
  gearModelId: id('GearModel').optional(),
  label,
};
const params = z.record(z.string().max(40), z.number(invalidType));

/** A block as a person sends it: `id` only to keep one that is already there, unset parameters mean the default. */
export const blockInput = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ id: id('SignalBlock').optional(), ...gear }),
    z.strictObject({ id: id('SignalBlock').optional(), ...effect, params: params.optional() }),
  ],
  invalidType,
);

/** A block as it is stored and rendered: with its id and every parameter. */
export const signalBlock = z.discriminatedUnion('kind', [
  z.strictObject({ id: id('SignalBlock'), ...gear }),
  z.strictObject({ id: id('SignalBlock'), ...effect, params }),
]);
export type SignalBlockData = z.output<typeof signalBlock>;

/** More than a chain may have (12), so that the rule can say so instead of the schema. */
export const blockInputs = z.array(blockInput).max(100, { error: 'too-many-items' });

/** One complaint of the grammar, or of a look-up, with its place. */
export const chainFinding = z.strictObject({
  code: z.string().max(60),
  pointer: z.string().max(100),
  detail: z.string().max(500),
  limit: z.union([z.number(), z.string()]).optional(),
});

export const exampleBlocks = [
  {
    id: '0199f0a1-0000-7000-8000-00000000b001' as Id<'SignalBlock'>,
    kind: 'gear' as const,
    role: 'full_rig' as const,
    gearModelId: gearSample.gearModelId,
  },
];
