import { CancelRenderByOperator, ListRenderJobs, operator, type OperatorVerbName, ShowRenderJob } from '@gts/contracts';
import type { ContextName } from '@gts/kernel';
import { z } from 'zod';
import { forward } from '../forward';
import type { Method, Route } from '../route';

const contexts = [
  'identity',
  'gear-catalog',
  'signal-chains',
  'shootouts',
  'rendering',
] as const satisfies ContextName[];
const context = z.enum(contexts);
const reason = z.string().min(3).max(500);

type Verb = Readonly<{ method: Method; path: string; params?: Readonly<Record<string, string>> }>;

/** An operator verb of whichever context the path names. */
function verb(name: OperatorVerbName, { method, path, params = {} }: Verb): Route {
  const of = (owner: ContextName) => operator(owner)[name];
  const row = forward({
    method,
    path: `/admin/contexts/{context}${path}`,
    ...ops,
    def: of('shootouts'),
    pick: (request) => of(context.parse(request.params['context'])),
    params,
    status: method === 'GET' ? 200 : 202,
    codes: method === 'POST' && path.startsWith('/sagas') ? ['SAGA.WRONG_STATE'] : [],
  });
  const example = { ...row.example, params: { context: 'shootouts', ...row.example.params } };
  const body = row.body instanceof z.ZodObject ? { body: row.body.extend({ reason }) } : {};
  return { ...row, ...body, params: { context, ...row.params }, example: withReason(example, method) };
}

const withReason = (example: Route['example'], method: Method): Route['example'] =>
  method === 'GET' ? example : { ...example, body: { reason: 'the fault is repaired', ...(example.body as object) } };

const ops = { who: 'A', scope: 'ops', tag: 'operations' } as const;

const saga = { id: 'id' };

/** Renders that have not ended, of every workspace. */
const renderJobs: readonly Route[] = [
  forward({ ...ops, method: 'GET', path: '/admin/render-jobs', def: ListRenderJobs }),
  forward({ ...ops, method: 'GET', path: '/admin/render-jobs/{id}', params: { id: 'runId' }, def: ShowRenderJob }),
  forward({
    ...ops,
    method: 'POST',
    path: '/admin/render-jobs/{id}/cancel',
    params: { id: 'runId' },
    def: CancelRenderByOperator,
    status: 202,
  }),
];

/** Verbs of operators, the same in every context (delivery.md §5, §6, §9), and those about renders. */
export const adminRoutes: readonly Route[] = [
  verb('ListSagas', { method: 'GET', path: '/sagas' }),
  verb('ShowSaga', { method: 'GET', path: '/sagas/{id}', params: saga }),
  verb('RetrySaga', { method: 'POST', path: '/sagas/{id}/retry', params: saga }),
  verb('SkipSagaUndo', { method: 'POST', path: '/sagas/{id}/skip', params: saga }),
  verb('CancelSaga', { method: 'POST', path: '/sagas/{id}/cancel', params: saga }),
  verb('AbortSaga', { method: 'POST', path: '/sagas/{id}/abort', params: saga }),
  verb('ListDeadLetters', { method: 'GET', path: '/dead-letters' }),
  verb('ShowDeadLetter', { method: 'GET', path: '/dead-letters/{key}', params: { key: 'key' } }),
  verb('RedriveDeadLetters', { method: 'POST', path: '/dead-letters/redrive' }),
  verb('DiscardDeadLetters', { method: 'POST', path: '/dead-letters/discard' }),
  verb('ListOutbox', { method: 'GET', path: '/outbox' }),
  verb('RepublishOutbox', { method: 'POST', path: '/outbox/republish' }),
  verb('ReleaseOutbox', { method: 'POST', path: '/outbox/release' }),
  verb('SkipOutbox', { method: 'POST', path: '/outbox/skip' }),
  ...renderJobs,
];
