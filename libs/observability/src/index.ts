export type LogFields = Readonly<Record<string, unknown>>;
/** Structured log of one service; JSON lines, no payloads, no secrets. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  child(fields: LogFields): Logger;
}
