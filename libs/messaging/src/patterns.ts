/** Whether a subject matches a pattern with `*` and `>`. */
export function matches(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const tokens = subject.split('.');
  for (const [at, want] of wanted.entries()) {
    if (want === '>') return tokens.length > at;
    if (at >= tokens.length || (want !== '*' && want !== tokens[at])) return false;
  }
  return wanted.length === tokens.length;
}
