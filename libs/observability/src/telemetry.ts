import { appendFileSync } from 'node:fs';
import { NodeSDK } from '@opentelemetry/sdk-node';
import * as tracing from '@opentelemetry/sdk-trace';

export type TelemetryOptions = Readonly<{
  service: string;
  /** OTLP endpoint; absent: no span leaves the process. */
  endpoint?: string | undefined;
  /** Share of root traces that are kept, 0 to 1. */
  sampleRatio: number;
  /** Appends every finished span to this file, one JSON object a line: for tests and development. */
  file?: string | undefined;
}>;
export type Telemetry = Readonly<{ stop(): Promise<void> }>;

function fileExporter(service: string, file: string): tracing.SpanExporter {
  const line = (span: tracing.ReadableSpan) => {
    const { traceId, spanId } = span.spanContext();
    return JSON.stringify({
      service,
      name: span.name,
      traceId,
      spanId,
      parent: span.parentSpanContext?.spanId,
      attributes: span.attributes,
    });
  };
  return {
    export: (spans, done) => {
      appendFileSync(file, spans.map((span) => `${line(span)}\n`).join(''));
      done({ code: 0 });
    },
    shutdown: () => Promise.resolve(),
  };
}

/** Starts the OpenTelemetry SDK with spans by hand; no auto-instrumentation (ADR 0009). */
export function startTelemetry({ service, endpoint, sampleRatio, file }: TelemetryOptions): Telemetry {
  const sampler = file ? new tracing.AlwaysOnSampler() : new tracing.TraceIdRatioBasedSampler(sampleRatio);
  const sdk = new NodeSDK({
    serviceName: service,
    // Host detection is asynchronous: spans that end before it answers would be lost at shutdown.
    autoDetectResources: false,
    sampler: new tracing.ParentBasedSampler({ root: sampler }),
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
    // Left out, the SDK reads OTEL_EXPORTER_OTLP_ENDPOINT itself; an empty list exports nothing.
    ...(file
      ? { spanProcessors: [new tracing.SimpleSpanProcessor({ exporter: fileExporter(service, file) })] }
      : endpoint
        ? {}
        : { spanProcessors: [] }),
  });
  sdk.start();
  // A collector that is away must not fail the drain.
  return { stop: () => sdk.shutdown().catch(() => undefined) };
}
