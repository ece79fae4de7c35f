import {
  AddToneSelection,
  CancelRender,
  CreateShootout,
  DeleteShootout,
  GetRun,
  GetShootout,
  ListShootouts,
  RemoveToneSelection,
  RenameToneSelection,
  RenderShootout,
  ReorderToneSelections,
  RestoreShootout,
  RetryEnrichment,
  SetVisibility,
  UpdateShootout,
} from '@gts/contracts';
import { forward, locationOf } from '../forward';
import type { Route } from '../route';

const one = { path: '/shootouts/{id}', params: { id: 'shootoutId' } } as const;
const tone = {
  path: '/shootouts/{id}/selections/{selectionId}',
  params: { id: 'shootoutId', selectionId: 'selectionId' },
} as const;
const fixed = ['SHOOTOUT.SHOOTOUT_NOT_EDITABLE'];
const judged = ['SHOOTOUT.SHOOTOUT_INVALID', ...fixed];
const running = (shootout: { id: string }) => ({
  json: shootout,
  headers: { ...locationOf('/shootouts/{id}/run', shootout.id), 'retry-after': '2' },
});

/** Shootouts of the workspace: create, change, render, share. */
export const shootoutRoutes: readonly Route[] = [
  forward({
    method: 'GET',
    path: '/shootouts',
    who: 'V',
    def: ListShootouts,
    lag: { def: GetShootout, field: 'shootoutId' },
  }),
  forward({
    method: 'POST',
    path: '/shootouts',
    who: 'E',
    def: CreateShootout,
    status: 201,
    bucket: 'create',
    codes: ['SHOOTOUT.SHOOTOUT_INVALID', 'SHOOTOUT.LIMIT_REACHED'],
    answer: (shootout) => ({ json: shootout, headers: locationOf(one.path, shootout.id) }),
  }),
  forward({ ...one, method: 'GET', who: 'V', def: GetShootout }),
  forward({ ...one, method: 'PATCH', who: 'E', def: UpdateShootout, codes: judged }),
  forward({ ...one, method: 'DELETE', who: 'E', def: DeleteShootout, status: 204, codes: ['SHOOTOUT.SHOOTOUT_BUSY'] }),
  forward({
    ...one,
    method: 'POST',
    path: '/shootouts/{id}/restore',
    who: 'E',
    def: RestoreShootout,
    codes: ['SHOOTOUT.RESTORE_REFUSED'],
  }),
  forward({
    ...one,
    method: 'POST',
    path: '/shootouts/{id}/selections',
    who: 'E',
    def: AddToneSelection,
    status: 201,
    codes: judged,
  }),
  forward({ ...tone, method: 'PATCH', who: 'E', def: RenameToneSelection, codes: judged }),
  forward({ ...tone, method: 'DELETE', who: 'E', def: RemoveToneSelection, codes: judged }),
  forward({
    ...one,
    method: 'PUT',
    path: '/shootouts/{id}/order',
    who: 'E',
    def: ReorderToneSelections,
    codes: judged,
  }),
  forward({
    ...one,
    method: 'POST',
    path: '/shootouts/{id}/render',
    who: 'E',
    def: RenderShootout,
    scope: 'render',
    bucket: 'create',
    status: 202,
    codes: [
      'SHOOTOUT.SHOOTOUT_NOT_RENDERABLE',
      'SHOOTOUT.CHAIN_NOT_READY',
      'SHOOTOUT.DI_UNAVAILABLE',
      'SHOOTOUT.QUOTA_EXCEEDED',
    ],
    answer: running,
  }),
  forward({ ...one, method: 'GET', path: '/shootouts/{id}/run', who: 'V', def: GetRun }),
  forward({
    ...one,
    method: 'POST',
    path: '/shootouts/{id}/cancel',
    who: 'E',
    def: CancelRender,
    scope: 'render',
    status: 202,
    codes: ['SHOOTOUT.NOTHING_TO_CANCEL', 'SHOOTOUT.ALREADY_FINALISED'],
    answer: running,
  }),
  forward({
    method: 'POST',
    path: '/shootouts/{id}/enrichments/{kind}/retry',
    params: { id: 'shootoutId', kind: 'kind' },
    who: 'E',
    def: RetryEnrichment,
    scope: 'render',
    status: 202,
    codes: ['SHOOTOUT.ENRICHMENT_NOT_FAILED'],
  }),
  forward({
    ...one,
    method: 'PUT',
    path: '/shootouts/{id}/visibility',
    who: 'E',
    def: SetVisibility,
    codes: ['SHOOTOUT.LICENCE_FORBIDS_PUBLISHING', 'SHOOTOUT.TAKEN_DOWN'],
  }),
];
