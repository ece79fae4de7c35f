const browsers = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari', 'curl'] as const;
const names: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera' };
const systems = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS', 'Linux'] as const;

/** How a session names itself in the list: browser and system, nothing that identifies a person. */
export function labelOf(userAgent: string | undefined): string {
  const text = userAgent ?? '';
  const browser = browsers.find((each) => text.includes(`${each}/`));
  const system = systems.find((each) => text.includes(each));
  const name = browser === undefined ? 'A program' : (names[browser] ?? browser);
  return system === undefined ? name : `${name} on ${system}`;
}
