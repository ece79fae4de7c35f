import { statusOf } from '@gts/kernel';
import { titleOf } from '../problem';

const text = { type: 'string' };
const finding = {
  type: 'object',
  description: 'One of the findings of a request.',
  properties: {
    code: text,
    pointer: text,
    parameter: text,
    header: text,
    detail: text,
    limit: { type: ['string', 'number'] },
  },
  required: ['code', 'detail'],
};

/** RFC 9457 and its findings; further members carry facts of single codes. */
export const problemSchema = {
  Finding: finding,
  Problem: {
    type: 'object',
    description: 'RFC 9457.',
    properties: {
      type: { ...text, pattern: '^/problems/[A-Z]+\\.[A-Z0-9_]+$' },
      title: text,
      status: { type: 'integer' },
      detail: text,
      instance: text,
      code: { ...text, pattern: '^[A-Z]+\\.[A-Z0-9_]+$' },
      traceId: { ...text, pattern: '^[0-9a-f]{32}$' },
      retryable: { type: 'boolean' },
      errors: { type: 'array', maxItems: 100, items: { $ref: '#/components/schemas/Finding' } },
    },
    required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'traceId', 'retryable'],
  },
};

/** How a refusal with this code looks. */
export const problemExample = (code: string, status: number) => ({
  type: `/problems/${code}`,
  title: titleOf(code),
  status,
  detail: 'what is wrong, its limit and the next step',
  instance: '/api/v1/shootouts',
  code,
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  retryable: status === statusOf('limited') || status === statusOf('unavailable'),
});
