type Ended = Readonly<{ fullName: string; status: string }>;
type Report = Readonly<{ testResults: readonly Readonly<{ name: string; assertionResults: readonly Ended[] }>[] }>;
type Run = Readonly<{ where: string; reports: readonly Report[] }>;
export function within(reports: readonly Report[], files: ReadonlySet<string>): readonly Report[];
export function differences(first: Run, second: Run): readonly string[];
