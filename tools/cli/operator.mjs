import { connect, read, UsageError } from './arguments.mjs';

export const CONTEXTS = ['identity', 'gear-catalog', 'signal-chains', 'shootouts', 'rendering'];
const common = {
  context: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  reason: { type: 'string' },
};

/** Reads an operator command: `verb`, its words, its options, and a client of an administrator. */
export async function operator(args, { options = {}, help, verbs }) {
  const { options: given, words } = read(args, { ...common, ...options }, help);
  const [verb, ...rest] = words;
  if (!verbs.includes(verb))
    throw new UsageError(verb ? `there is no ${verb}` : `say which: ${verbs.join(', ')}`, help);
  const contexts = given.context ?? CONTEXTS;
  const odd = contexts.find((each) => !CONTEXTS.includes(each));
  if (odd) throw new UsageError(`there is no context ${odd}: ${CONTEXTS.join(', ')}`, help);
  return { verb, words: rest, options: given, contexts, api: await connect('cleo') };
}

/** One context must be named for what changes something. */
export function theContext(contexts, help) {
  if (contexts.length !== 1) throw new UsageError('name the context: --context shootouts', help);
  return contexts[0];
}

export function theReason({ reason }, help) {
  if (!reason) throw new UsageError('an operator says why: --reason "…"', help);
  return reason;
}

/** All pages of a list. */
export async function all(api, path) {
  const items = [];
  for (let cursor; ;) {
    const joint = path.includes('?') ? '&' : '?';
    const page = await api.get(cursor ? `${path}${joint}cursor=${encodeURIComponent(cursor)}` : path);
    items.push(...page.items);
    cursor = page.next;
    if (!cursor) return items;
  }
}
