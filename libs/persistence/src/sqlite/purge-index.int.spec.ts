import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { collection } from '../collection';
import { Connection } from './connection';
import { purgeOf } from './documents';
import { ensureCollection } from './schema';

const folder = mkdtempSync(join(tmpdir(), 'gts-purge-'));
const db = new Connection(join(folder, 'plan.sqlite'), { sync: 'normal', nowMs: () => 0, readOnly: false });
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const letters = collection('letters', {
  scope: 'tenant',
  schema: z.looseObject({}),
  indexes: { byState: { fields: ['state'] } },
  softDelete: true,
  purgeAfter: '30d',
  retention: [
    { after: '45d', since: 'at' },
    { after: '30d', since: 'updatedAt' },
    { after: '30d', since: 'createdAt', only: { sealed: [true] } },
    { after: '30d', since: 'updatedAt', only: { state: ['read', 'burnt'], sealed: [false] } },
  ],
});
ensureCollection(db, letters);
const rules = letters.purges.map((rule) => [`${rule.since} ${JSON.stringify(rule.only)}`, rule] as const);

test.each(rules)('a sweep finds what has served its time through an index: since %s', (_name, rule) => {
  const plan = db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${purgeOf(letters, rule)}`, '2026', 200);
  const steps = plan.map(({ detail }) => detail).filter((detail) => detail.includes('c_letters'));
  const [find, remove] = [
    steps.filter((each) => each.includes('.purge')),
    steps.filter((each) => each.includes('PRIMARY KEY')),
  ];
  expect([find.length, remove.length, steps.length]).toEqual([1, 1, 2]);
  expect(find[0]).toMatch(
    /^SEARCH c_letters USING (?:COVERING )?INDEX letters_\w+\.purge \(<expr><\?\)$|deleted_at<\?/,
  );
});
