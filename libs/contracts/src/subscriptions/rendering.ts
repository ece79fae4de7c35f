import {
  CancelRenderJob,
  EnrichRender,
  FinishRender,
  InspectDI,
  PrepareRender,
  RenderChain,
  RenderShootoutJob,
} from '../rendering';
import { declareService } from './types';

export const renderingDeclaration = declareService('rendering', {
  subscriptions: [
    { name: 'control', kind: 'participant', from: [RenderShootoutJob, CancelRenderJob] },
    { name: 'ingest', kind: 'handler', from: [InspectDI] },
    { name: 'work', kind: 'work', from: [PrepareRender, RenderChain, FinishRender, EnrichRender] },
  ],
  sends: [PrepareRender, RenderChain, FinishRender, EnrichRender],
  files: 'sweeps',
});
