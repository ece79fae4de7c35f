import {
  CreateSignalChain,
  DeleteSignalChain,
  DuplicateSignalChain,
  GetSignalChain,
  ListEffects,
  ListSignalChains,
  RestoreSignalChain,
  UpdateSignalChain,
  ValidateChain,
} from '@gts/contracts';
import { forward, locationOf } from '../forward';
import type { Route } from '../route';

const one = { path: '/signal-chains/{id}', params: { id: 'signalChainId' } } as const;
const invalid = { codes: ['CHAIN.CHAIN_INVALID'] };
const LIMIT = 'CHAIN.LIMIT_REACHED';
const created = <T extends { id: string }>(chain: T) => ({
  json: chain,
  headers: locationOf(one.path, chain.id),
});

/** Signal chains. */
export const chainRoutes: readonly Route[] = [
  forward({
    method: 'GET',
    path: '/signal-chains',
    who: 'V',
    def: ListSignalChains,
    lag: { def: GetSignalChain, field: 'signalChainId' },
  }),
  forward({
    method: 'POST',
    path: '/signal-chains',
    who: 'E',
    def: CreateSignalChain,
    codes: [...invalid.codes, LIMIT],
    status: 201,
    answer: created,
  }),
  forward({ ...one, method: 'GET', who: 'V', def: GetSignalChain }),
  forward({ ...one, ...invalid, method: 'PUT', who: 'E', def: UpdateSignalChain }),
  forward({ ...one, method: 'DELETE', who: 'E', def: DeleteSignalChain, status: 204 }),
  forward({
    ...one,
    method: 'POST',
    path: '/signal-chains/{id}/duplicate',
    who: 'E',
    def: DuplicateSignalChain,
    codes: [LIMIT],
    status: 201,
    answer: created,
  }),
  forward({
    ...one,
    method: 'POST',
    path: '/signal-chains/{id}/restore',
    who: 'E',
    def: RestoreSignalChain,
    codes: ['CHAIN.RESTORE_REFUSED'],
  }),
  forward({ method: 'POST', path: '/signal-chains/validate', who: 'V', def: ValidateChain, idempotent: false }),
  forward({ method: 'GET', path: '/effects', who: 'G', def: ListEffects }),
];
