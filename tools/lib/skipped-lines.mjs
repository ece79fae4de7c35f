const LINE = /^skip +(?:\d+ +)?(\S.*)$/gm;

/** What a program says that it left out and why: its lines that begin with `skip`, the number of a row aside. */
export const skippedLines = (text) => [...text.matchAll(LINE)].map(([, what]) => what);

const WITH_REASON = /\(.+\)$/;

/** Skipped tests of a report of Jest; a group whose title says why is one line, however many it holds. */
export function skippedTests({ testResults }) {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const left = tests.filter(({ status }) => status === 'pending' || status === 'todo');
  const titles = left.map(({ ancestorTitles, fullName }) =>
    WITH_REASON.test(ancestorTitles[0] ?? '') ? ancestorTitles[0] : fullName,
  );
  const counts = Map.groupBy(titles, (title) => title);
  return [...counts].map(([title, { length }]) => (length === 1 ? title : `${title}: ${length} tests`));
}
