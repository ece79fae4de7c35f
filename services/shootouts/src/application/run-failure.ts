import type { ChainSnapshotData, DataOf, FailShootout, ShootoutRenderRequested } from '@gts/contracts';
import type { Why } from '@gts/saga';

type Data = DataOf<typeof ShootoutRenderRequested> & Readonly<{ snapshots?: readonly ChainSnapshotData[] }>;
type Failed = DataOf<typeof FailShootout>;
type Place = Pick<Failed, 'toneId' | 'blockId'>;
/** One reason as the failure events of the steps write it. */
type Reason = Readonly<{
  code?: string;
  detail?: string;
  toneId?: string;
  blockIndex?: number;
  chainId?: string;
  gearModelId?: string;
}>;

/** Codes of the saga itself, in the words that people see. */
const words: ReadonlyMap<string, string> = new Map([
  ['SAGA.CANCELLED', 'cancelled'],
  ['SAGA.TIMED_OUT', 'timed-out'],
]);

function firstReason({ failed }: Why): Reason {
  const { errors } = (failed ?? {}) as Readonly<{ errors?: readonly Reason[] }>;
  return errors?.[0] ?? {};
}

const blocksOf = ({ selections, snapshots }: Data) =>
  selections.flatMap(({ id: toneId, signalChainId }) =>
    (snapshots?.find(({ chainId }) => chainId === signalChainId)?.blocks ?? []).map((block, index) => ({
      toneId,
      blockId: block.id,
      gearModelId: block.gearModelId,
      index,
    })),
  );

/** The first tone and block that the reason is about, as far as it says. */
function placeOf(reason: Reason, data: Data): Place {
  const { toneId, blockIndex, chainId, gearModelId } = reason;
  const tone = data.selections.find((each) => each.id === toneId || each.signalChainId === chainId);
  const block = blocksOf(data).find((each) =>
    gearModelId === undefined ? each.toneId === toneId && each.index === blockIndex : each.gearModelId === gearModelId,
  );
  const at = tone?.id ?? block?.toneId;
  return { ...(at !== undefined && { toneId: at }), ...(block && { blockId: block.blockId }) };
}

/** What the last undo writes down: code, step, and the tone and block it is about. */
export function whyFailed(data: Data, why: Why): Failed {
  const { shootoutId, runId } = data;
  const reason = firstReason(why);
  const { detail } = reason;
  return {
    shootoutId,
    runId,
    code: words.get(why.code) ?? why.code,
    step: why.step,
    ...(detail !== undefined && { detail }),
    ...placeOf(reason, data),
  };
}
