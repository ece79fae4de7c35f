type Ended = Readonly<{ status: string; fullName: string; ancestorTitles: readonly string[] }>;
export function skippedLines(text: string): readonly string[];
export function skippedTests(report: {
  testResults: readonly { assertionResults: readonly Ended[] }[];
}): readonly string[];
