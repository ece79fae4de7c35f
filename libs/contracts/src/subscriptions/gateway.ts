import { allDefinitions } from '../catalogue';
import type { RpcDef } from '../define';
import { RenderProgress } from '../rendering';
import { declareService } from './types';

const isAsked = (def: (typeof allDefinitions)[number]): def is RpcDef =>
  def.kind === 'query' || (def.kind === 'command' && def.mode === 'request');

/** The edge listens to nothing durably; it may ask whatever a context answers. */
export const gatewayDeclaration = declareService('gateway', {
  subscriptions: [],
  calls: allDefinitions.filter(isAsked),
  tails: ['shootouts', 'signal-chains', 'identity'],
  follows: [RenderProgress],
  operates: true,
  files: 'uses',
});
