import { type EffectName, effectRanges } from '@gts/audio/browser';
import { cabinets, captures, examples, type Gear, recordings } from './pack';
import type { PreviewBlock, PreviewRequest, Source } from './protocol';
import { text } from './words';

/** What a person chose: a place in the list of the pack, or a file of their own. */
export type Choice = Readonly<{ pack: number }> | Readonly<{ own: File | undefined }>;
export type DraftBlock = Readonly<{
  kind: 'capture' | 'ir' | 'effect';
  effect?: EffectName;
  /** For what plays a file. */
  choice?: Choice;
  params: Readonly<Record<string, number>>;
  bypass: boolean;
}>;
export type Draft = Readonly<{
  di: Choice;
  seconds: number;
  inputGainDb: number;
  blocks: readonly DraftBlock[];
}>;

export const gearOf = (kind: DraftBlock['kind']): readonly Gear[] => (kind === 'capture' ? captures : cabinets);
const fileBlock = (kind: 'capture' | 'ir', pack = 0): DraftBlock => ({
  kind,
  choice: { pack },
  params: {},
  bypass: false,
});

export function newBlock(kind: 'capture' | 'ir' | EffectName): DraftBlock {
  if (kind === 'capture' || kind === 'ir') return fileBlock(kind);
  const params = Object.fromEntries(
    Object.entries(effectRanges[kind]).map(([name, [, , standard]]) => [name, standard]),
  );
  const choice = kind === 'reverb_ir' ? { choice: { pack: 0 } } : {};
  return { kind: 'effect', effect: kind, ...choice, params, bypass: false };
}

export const exampleBlocks = (index: number): readonly DraftBlock[] =>
  (examples[index]?.steps ?? []).map(([kind, pack]) => fileBlock(kind, pack));

export const firstDraft: Draft = { di: { pack: 0 }, seconds: 10, inputGainDb: 0, blocks: exampleBlocks(1) };

export const nameOf = ({ kind, effect }: DraftBlock): string =>
  effect ? text.effect(effect) : kind === 'capture' ? text.capture : text.ir;

function sourceOf(choice: Choice, gear: readonly Gear[]): Source | undefined {
  if ('own' in choice) return choice.own && { file: choice.own };
  const url = gear[choice.pack]?.url;
  return url === undefined ? undefined : { url };
}

function blockOf(draft: DraftBlock): PreviewBlock | undefined {
  const { kind, effect, params, choice } = draft;
  const source = choice && sourceOf(choice, gearOf(kind));
  if (choice && !source) return undefined;
  if (kind === 'effect') return effect && { kind, effect, params, ...(source && { source }) };
  return source && { kind, source };
}

/** The request for a draft, or the name of the first part that still wants a file. */
export function requestOf({ di, seconds, inputGainDb, blocks }: Draft): Omit<PreviewRequest, 'id'> | string {
  const recording = sourceOf(di, recordings);
  if (!recording) return text.recording;
  const heard: PreviewBlock[] = [];
  for (const [index, draft] of blocks.entries()) {
    if (draft.bypass) continue;
    const block = blockOf(draft);
    if (!block) return text.block(nameOf(draft), index);
    heard.push(block);
  }
  return { di: recording, seconds, inputGainDb, blocks: heard };
}

/** Moves one block; what does not fit stays as it is. */
export function moved(blocks: readonly DraftBlock[], from: number, to: number): readonly DraftBlock[] {
  const block = blocks[from];
  if (!block || to < 0 || to >= blocks.length) return blocks;
  return blocks.toSpliced(from, 1).toSpliced(to, 0, block);
}
