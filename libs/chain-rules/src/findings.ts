import { type Block, type ChainFinding, type EffectBlock, type GearBlock, MOST_BLOCKS, MOST_CAPTURES } from './blocks';
import { type Effect, effectOf, fullParams, parameterOf } from './effects';
import { grammarFindings } from './grammar';

/** What the catalogue says about a model: `usable` is false for rejected, unavailable and withdrawn ones. */
export type GearFacts = Readonly<{ gearType: string; irKind?: string | undefined; usable: boolean }>;
export type GearLookup = (gearModelId: string) => GearFacts | undefined;

const isCapture = (block: Block): boolean => block.kind === 'gear' && block.role !== 'ir';

const sizes = [
  { code: 'TOO_MANY_BLOCKS', limit: MOST_BLOCKS, what: 'blocks', counts: () => true },
  { code: 'TOO_MANY_CAPTURES', limit: MOST_CAPTURES, what: 'captures', counts: isCapture },
] as const;

const sizeFindings = (blocks: readonly Block[]): ChainFinding[] =>
  sizes.flatMap(({ code, limit, what, counts }) => {
    const count = blocks.filter(counts).length;
    const detail = `at most ${limit} ${what}, these are ${count}`;
    return count > limit ? [{ code, pointer: '/blocks', detail, limit }] : [];
  });

function paramFindings(effect: Effect, block: EffectBlock, at: string): ChainFinding[] {
  return Object.entries(block.params ?? {}).flatMap(([name, value]): ChainFinding[] => {
    const parameter = parameterOf(effect, name);
    const pointer = `${at}/params/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!parameter)
      return [{ code: 'PARAM_UNKNOWN', pointer, detail: `${block.effect} has no parameter of this name` }];
    const { min, max, unit } = parameter;
    if (value >= min && value <= max) return [];
    return [{ code: 'PARAM_OUT_OF_RANGE', pointer, detail: `from ${min} to ${max} ${unit}`, limit: `${min}..${max}` }];
  });
}

function effectFindings(block: EffectBlock, at: string): ChainFinding[] {
  const effect = effectOf(block.effect);
  if (!effect)
    return [{ code: 'EFFECT_UNKNOWN', pointer: `${at}/effect`, detail: 'no such effect: GET /effects lists them' }];
  const findings = paramFindings(effect, block, at);
  if (!effect.placement.includes(block.role))
    findings.push({ code: 'EFFECT_PLACEMENT', pointer: `${at}/role`, detail: 'this effect stands after the amp only' });
  if (effect.needsGearModel && block.gearModelId === undefined)
    findings.push({ code: 'GEAR_MODEL_UNKNOWN', pointer: `${at}/gearModelId`, detail: 'name an impulse response' });
  if (!effect.needsGearModel && block.gearModelId !== undefined)
    findings.push({ code: 'PARAM_UNKNOWN', pointer: `${at}/gearModelId`, detail: 'this effect plays no model' });
  return findings;
}

/** The role that a model can play; a reverb only inside `reverb_ir`. */
function roleOf({ gearType, irKind }: GearFacts): string {
  if (gearType === 'ir') return irKind === 'reverb' ? 'reverb_ir' : 'ir';
  return gearType === 'outboard' ? 'post_effect' : gearType;
}
const wantedRole = (block: Block): string => (block.kind === 'gear' ? block.role : 'reverb_ir');

function modelFindings(block: Block, at: string, lookup: GearLookup): ChainFinding[] {
  if (block.gearModelId === undefined) return [];
  if (block.kind === 'effect' && !effectOf(block.effect)?.needsGearModel) return [];
  const pointer = `${at}/gearModelId`;
  const facts = lookup(block.gearModelId);
  if (!facts) return [{ code: 'GEAR_MODEL_UNKNOWN', pointer, detail: 'no such model in this workspace' }];
  const findings: ChainFinding[] = [];
  if (!facts.usable)
    findings.push({ code: 'GEAR_MODEL_UNUSABLE', pointer, detail: 'this model cannot be used any more: replace it' });
  if (roleOf(facts) !== wantedRole(block))
    findings.push({
      code: 'GEAR_ROLE_MISMATCH',
      pointer,
      detail: `a model of gear type ${facts.gearType}: change the role`,
    });
  return findings;
}

/**
 * Everything wrong with a chain: order, size, effects and, where `lookup` is given, models.
 * @returns empty exactly when the chain can be rendered
 */
export function chainFindings(blocks: readonly Block[], lookup?: GearLookup): ChainFinding[] {
  const single = blocks.flatMap((block, index) => {
    const at = `/blocks/${index}`;
    const own = block.kind === 'effect' ? effectFindings(block, at) : [];
    return lookup ? [...own, ...modelFindings(block, at, lookup)] : own;
  });
  return [...grammarFindings(blocks.map(({ role }) => role)), ...sizeFindings(blocks), ...single];
}

const labelOf = (label: string | undefined) => (label ? { label } : {});
const gearContent = ({ kind, role, gearModelId, label }: GearBlock) => ({ kind, role, gearModelId, ...labelOf(label) });
const effectContent = ({ kind, role, effect, params, gearModelId, label }: EffectBlock) => ({
  kind,
  role,
  effect,
  params: fullParams(effect, params),
  ...(gearModelId === undefined ? {} : { gearModelId }),
  ...labelOf(label),
});

/** What the content hash of a chain covers: blocks without ids, with every parameter. Equal sound, equal content. */
export const chainContent = (blocks: readonly Block[]) =>
  blocks.map((block) => (block.kind === 'gear' ? gearContent(block) : effectContent(block)));
