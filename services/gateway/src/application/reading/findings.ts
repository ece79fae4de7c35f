import type { Finding } from '@gts/kernel';
import type { z } from 'zod';
import { pointerTo } from './json-reader';

/** At most so many findings travel in one problem. */
export const MOST_FINDINGS = 100;

type Issue = z.core.$ZodIssue;
const CODE = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/;

/** The findings of a failed parse, each with its JSON pointer; our schemas carry the code as the message. */
export function findingsOf(issues: readonly Issue[], base = ''): Finding[] {
  return issues
    .slice(0, MOST_FINDINGS)
    .flatMap((issue) => findings(issue, base))
    .slice(0, MOST_FINDINGS);
}

function findings(issue: Issue, base: string): Finding[] {
  const pointer = issue.path.reduce<string>((text, key) => pointerTo(text, key as string | number), base);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      code: 'unknown-field',
      pointer: pointerTo(pointer, key),
      detail: 'this field is not known: remove it',
    }));
  if (issue.code === 'invalid_union') {
    const nearest = nearestBranch(issue.errors);
    if (nearest) return nearest.flatMap((each) => findings(each, pointer));
  }
  return [{ ...described(issue), pointer }];
}

/** The branch that fails deepest is the one that was meant. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const depth = (branch: readonly Issue[]) => Math.max(0, ...branch.map((each) => each.path.length));
  return branches.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
}

function described(issue: Issue): Finding {
  const { code, ...rest } = guessed(issue);
  return { code: CODE.test(issue.message) ? issue.message : code, ...rest };
}

/** Code and words by the kind of issue; a schema of ours names the code itself. */
function guessed(issue: Issue): Finding {
  if (issue.code === 'invalid_type') return { code: 'invalid-type', detail: `${issue.expected} is due here` };
  if (issue.code === 'invalid_value')
    return { code: 'invalid-type', detail: `one of ${issue.values.map(String).join(', ')}` };
  if (issue.code === 'too_small')
    return { code: 'out-of-range', detail: `at least ${issue.minimum}`, limit: Number(issue.minimum) };
  if (issue.code !== 'too_big') return { code: 'invalid-type', ...explained(issue) };
  const code = issue.origin === 'array' ? 'too-many-items' : 'out-of-range';
  return { code, detail: `at most ${issue.maximum}`, limit: Number(issue.maximum) };
}

const texts: Readonly<Record<string, string>> = {
  'invalid-id': 'an id is a UUIDv7 in lower case',
  'invalid-text': 'control characters and lone surrogates are not allowed',
  'out-of-range': 'the length or number is outside its range',
};

function explained(issue: Issue): Pick<Finding, 'detail' | 'limit'> {
  const { min, max } = (issue.code === 'custom' ? (issue.params ?? {}) : {}) as { min?: number; max?: number };
  if (min !== undefined && max !== undefined) return { detail: `${min} to ${max} characters`, limit: max };
  return { detail: texts[issue.message] ?? 'the value has not the form that is due here' };
}
