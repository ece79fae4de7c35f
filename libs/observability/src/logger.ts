import { isSpanContextValid, trace } from '@opentelemetry/api';
import pino from 'pino';

export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log of one service; JSON lines, no payloads, no secrets. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  child(fields: LogFields): Logger;
}

export type LoggerOptions = Readonly<{
  service: string;
  version: string;
  level: string;
  /** Where lines go; standard output when left out. */
  sink?: { write(line: string): void };
}>;

// Names under which a secret could slip into a line, at the top and one level down.
const secrets = ['authorization', 'cookie', 'token', 'password', 'secret', 'credential', 'email'];

const currentSpan = (): LogFields => {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
};

/** A pino logger whose lines carry service, version and the ids of the active span. */
export function createLogger({ service, version, level, sink }: LoggerOptions): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { service, version },
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '[hidden]' },
    mixin: currentSpan,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: pino.stdSerializers.err },
  };
  // Synchronous: the last lines before an exit are the ones that matter, and there is one a request at most.
  return pino(options, sink ?? pino.destination({ fd: 1, sync: true }));
}

/** Drops every line: for tests and tools. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
