// What alerts, their tests, their pages and the code say about each other.
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { text } from './agreement.ts';
import { root } from './run-program.ts';

const alert = z.looseObject({
  alert: z.string(),
  expr: z.string(),
  annotations: z.looseObject({ runbook_url: z.string() }),
});
const groups = z.array(z.looseObject({ rules: z.array(alert) }));
export const alertsIn = (value: unknown) => groups.parse(value).flatMap(({ rules }) => rules);
type Alerts = ReturnType<typeof alertsIn>;

/** Where docs/ is published; an operator puts his own place here. */
const RUNBOOKS = 'https://docs.example.org/runbooks/';
const CHAPTERS = ['Look first', 'Put right', 'Undo'];
const pageOf = (name: string): string => `docs/runbooks/${name}.md`;
export const runbooks = (): readonly string[] =>
  globSync('docs/runbooks/*.md', { cwd: root }).map((file) => file.replace(/^.*\/|\.md$/g, ''));

/** Every alert links its page, speaks of metrics that exist, and is raised in a test of the rules. */
export function alertFaults(alerts: Alerts, metrics: readonly string[], tested: readonly string[]): readonly string[] {
  const names = (expr: string) => expr.match(/\b[a-z]+(?:_[a-z]+)+\b/g) ?? [];
  return alerts.flatMap(({ alert: name, expr, annotations: { runbook_url: url } }) => [
    ...(url === `${RUNBOOKS}${name}.md` && existsSync(join(root, pageOf(name))) ? [] : [`${name}: no page at ${url}`]),
    ...(tested.includes(name) ? [] : [`${name}: no test raises it`]),
    ...[...new Set(names(expr))]
      .filter((each) => !metrics.includes(each))
      .map((each) => `${name}: nobody counts ${each}`),
  ]);
}
const ruleTests = z.looseObject({
  tests: z.array(
    z.looseObject({
      alert_rule_test: z.array(z.looseObject({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })),
    }),
  ),
});
/** Alerts that tests of the rules both raise and keep silent. */
export function testedAlerts(value: unknown): readonly string[] {
  const cases = ruleTests.parse(value).tests.flatMap((each) => each.alert_rule_test);
  const where = (raised: boolean) =>
    cases.filter(({ exp_alerts: found }) => found.length > 0 === raised).map(({ alertname }) => alertname);
  const silent = where(false);
  return where(true).filter((name) => silent.includes(name));
}

/** What a page of a runbook lacks: a chapter, or a command that the command line knows. */
export function runbookFaults(name: string, page: string, commands: Readonly<Record<string, readonly string[]>>) {
  const said = [...page.matchAll(/npm run -s gts -- ([a-z-]+)(?: ([a-z-]+))?/g)];
  return [
    ...CHAPTERS.filter((title) => !page.includes(`\n## ${title}\n`)).map((title) => `${name} has no "${title}"`),
    ...said
      .filter(([, command = '', verb = '']) => !commands[command]?.includes(verb))
      .map(([text]) => `${name}: there is no ${text.replace('npm run -s ', '')}`),
  ];
}

/** Names of metrics as the code writes them. */
export const metricsInCode = (): readonly string[] => [
  'up',
  ...globSync('{libs,services}/*/src/**/*.ts', { cwd: root }).flatMap((file) =>
    [...text(file).matchAll(/\b(?:count|gauge|observe)\(\s*'([a-z_]+)'/g)].map(([, name]) => name ?? ''),
  ),
];
