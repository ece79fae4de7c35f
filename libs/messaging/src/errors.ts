import { errors } from '@gts/kernel';

/** What the bus refuses; callers of request/reply see the first five. */
export const busErrors = errors('BUS', {
  NO_RESPONDERS: {
    kind: 'unavailable',
    summary: 'Nobody answers this subject.',
    advice: 'Look whether the service that owns it runs, then try again.',
    message: (subject: string) => `nobody answers ${subject}`,
  },
  TIMEOUT: {
    kind: 'unavailable',
    summary: 'No answer in time; the effect may have happened.',
    advice: 'Repeat it with the same Idempotency-Key.',
    message: (what: string) => `${what}: no answer in time`,
  },
  DEADLINE_EXCEEDED: {
    kind: 'unavailable',
    summary: 'The time of the request was used up before it was sent.',
    advice: 'Try again.',
    message: (what: string) => `${what}: no time left`,
  },
  DISCONNECTED: {
    kind: 'unavailable',
    summary: 'The broker is away.',
    advice: 'Try again; the client reconnects by itself.',
    message: () => 'not connected to the broker',
  },
  OVERLOADED: {
    kind: 'unavailable',
    summary: 'Too many requests wait for an answer.',
    advice: 'Try again after the given time.',
    message: (what: string) => `too many requests: ${what}`,
  },
  PUBLISH_TIMEOUT: {
    kind: 'unavailable',
    summary: 'The broker did not confirm in time; the message may be stored.',
    message: (subject: string) => `no acknowledgement for ${subject}`,
  },
  PUBLISH_REJECTED: {
    kind: 'unavailable',
    summary: 'The broker refused to store a message.',
    message: (subject: string, code: number, text: string) => `${subject} refused: ${code} ${text}`,
  },
  PUBLISHER_OVERLOADED: {
    kind: 'unavailable',
    summary: 'Too many messages wait for the broker.',
    message: () => 'too many messages wait to be published',
  },
  PAYLOAD_TOO_LARGE: {
    kind: 'bug',
    summary: 'A message is larger than the broker takes.',
    message: (bytes: number) => `${bytes} bytes are more than the broker takes`,
  },
  PERMISSION_DENIED: {
    kind: 'bug',
    summary: 'The broker does not let this service use a subject.',
    advice: "Compare the broker's users with the permissions of the topology.",
    message: (subject: string) => `the broker denies ${subject}`,
  },
  MESSAGE_TOO_LARGE: {
    kind: 'bug',
    summary: 'A message breaks the limits of an envelope.',
    message: (type: string, what: string) => `${type}: ${what}`,
  },
  MESSAGE_INVALID: {
    kind: 'bug',
    summary: 'A service built a message that its definition forbids.',
    message: (type: string, why: string) => `${type}: ${why}`,
  },
  DATA_INVALID: {
    kind: 'invalid',
    summary: 'The data of a request does not match its definition.',
    advice: 'Correct the named fields.',
    message: (name: string) => `${name}: the data does not match its definition`,
  },
  TOKEN_MISSING: {
    kind: 'unauthenticated',
    summary: 'A request came without an internal token.',
    message: () => 'sign in first',
  },
  NOT_PERMITTED: {
    kind: 'forbidden',
    summary: 'The caller lacks a permission.',
    advice: 'Ask an owner of the workspace for the role that has it.',
    message: (permission: string) => `this needs the permission ${permission}`,
  },
  INTERNAL: { kind: 'bug', summary: 'A fault of ours.', message: () => 'something went wrong on our side' },
  HANDLER_TIMEOUT: {
    kind: 'unavailable',
    summary: 'A message handler took longer than it may.',
    message: (consumer: string) => `${consumer}: the handler did not end in time`,
  },
  FENCED: {
    kind: 'unavailable',
    summary: 'A newer attempt took this work over.',
    message: (what: string) => `${what} belongs to a newer attempt`,
  },
  DEAD_LETTER_NOT_FOUND: {
    kind: 'not-found',
    summary: 'No parked message has this key.',
    advice: 'List the dead letters of the service.',
    message: (key: string) => `no dead letter ${key}`,
  },
  TOPOLOGY_DRIFT: {
    kind: 'bug',
    summary: 'A stream or consumer differs from what is declared.',
    advice: 'Compare both, then apply the topology again.',
    message: (object: string, field: string, both: string) => `${object}: ${field} is ${both}`,
  },
  TOPOLOGY_REFUSED: {
    kind: 'bug',
    summary: 'A change of topology would lose something, or the broker is too old or takes too small messages only.',
    message: (why: string) => why,
  },
});
