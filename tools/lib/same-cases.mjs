// Whether two runs of the same tests did the same.

const NOTHING = 'did not run';

/** Files and full names of what reports of Jest tell, with how they ended; equal names of one file are one case. */
function casesOf(reports) {
  const ended = reports.flatMap(({ testResults }) =>
    testResults.flatMap(({ name: file, assertionResults }) =>
      assertionResults.map(({ fullName, status }) => ({ of: `${file}: ${fullName}`, status })),
    ),
  );
  const groups = Map.groupBy(ended, (each) => each.of);
  return new Map(
    [...groups].map(([of, each]) => [
      of,
      each
        .map(({ status }) => status)
        .toSorted()
        .join(' and '),
    ]),
  );
}

/** Of reports what they tell of these files. */
export const within = (reports, files) =>
  reports.map((report) => ({ testResults: report.testResults.filter(({ name }) => files.has(name)) }));

/** One line for each case that did not end alike: `first` and `second` name a run and hold its reports. */
export function differences(first, second) {
  const [one, other] = [first, second].map(({ reports }) => casesOf(reports));
  if (one.size + other.size === 0) return ['no case ran'];
  const all = [...new Set([...one.keys(), ...other.keys()])].toSorted((a, b) => a.localeCompare(b));
  const told = (of) =>
    `${of}: ${one.get(of) ?? NOTHING} on ${first.where}, ${other.get(of) ?? NOTHING} on ${second.where}`;
  return all.filter((of) => one.get(of) !== other.get(of)).map(told);
}
