import { parse } from 'yaml';
import { listFaults, text } from './agreement.ts';
import { alertFaults, alertsIn, metricsInCode, runbookFaults, runbooks, testedAlerts } from './alerts.ts';
import { rendered } from './documents.ts';
import { runProgram } from './run-program.ts';

describe('alerts', () => {
  const ours = (parse(text('deploy/observability/rules.yaml')) as { groups: unknown }).groups;
  const theirs = rendered('k8s/overlays/prod').find(({ kind }) => kind === 'PrometheusRule')?.['spec'] as {
    groups: unknown;
  };

  test('are the same in compose and in the cluster', () => {
    expect(theirs.groups).toEqual(ours);
  });

  const tested = testedAlerts(parse(text('deploy/observability/rules-test.yaml')));

  test('have a runbook each, speak of metrics that exist, and are tested', () => {
    expect(alertFaults(alertsIn(ours), metricsInCode(), tested)).toEqual([]);
    expect(listFaults({ runbooks: runbooks(), alerts: alertsIn(ours).map((each) => each.alert) })).toEqual([]);
  });

  test('planted: no runbook, no such metric, no test', () => {
    const planted = { alert: 'X', expr: 'no_such_metric > 1', annotations: { runbook_url: 'https://x/X.md' } };
    expect(alertFaults([planted], metricsInCode(), tested)).toHaveLength(3);
    expect(testedAlerts({ tests: [{ alert_rule_test: [{ alertname: 'X', exp_alerts: [{}] }] }] })).toEqual([]);
  });
});

describe('runbooks', () => {
  const verbsOf = (command: string) => {
    const help = runProgram(process.execPath, ['tools/cli/main.mjs', command, '--help'])?.text ?? '';
    return ['', ...[...help.matchAll(/^  ([a-z]+) /gm)].map(([, verb]) => verb ?? '')];
  };
  const commands = {
    ...Object.fromEntries(['dlq', 'outbox', 'saga'].map((command) => [command, verbsOf(command)])),
    doctor: [''],
    topology: ['plan', 'apply', 'verify'],
    ops: ['secrets'],
  };

  test.each(runbooks())('%s says what to look at, what to do, how to go back, with commands that exist', (name) => {
    expect(runbookFaults(name, text(`docs/runbooks/${name}.md`), commands)).toEqual([]);
  });

  test('planted: a chapter is missing, a command is not there', () => {
    const page = '# X\n\n## Look first\n\nnpm run -s gts -- outbox shake\n\n## Put right\n\nx\n';
    expect(runbookFaults('X', page, commands)).toEqual(['X has no "Undo"', 'X: there is no gts -- outbox shake']);
  });
});
