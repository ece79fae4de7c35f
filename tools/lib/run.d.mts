export function run(title: string, command: string, args: readonly string[]): Promise<unknown>;
export function skip(title: string, why: string): void;
export function summary(): number;
