import { appendFileSync } from 'node:fs';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
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
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: () => Promise.resolve(),
  };
}

function processorOf({ service, endpoint, file }: TelemetryOptions): tracing.SpanProcessor | undefined {
  if (file) return new tracing.SimpleSpanProcessor({ exporter: fileExporter(service, file) });
  if (!endpoint) return undefined;
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  return new tracing.BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }) });
}

/** Starts the OpenTelemetry SDK with spans by hand; no auto-instrumentation (ADR 0009). */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  const { service, sampleRatio, file } = options;
  const processor = processorOf(options);
  const root = file ? new tracing.AlwaysOnSampler() : new tracing.TraceIdRatioBasedSampler(sampleRatio);
  const sdk = new NodeSDK({
    serviceName: service,
    // Host detection is asynchronous: spans that end before it answers would be lost at shutdown.
    autoDetectResources: false,
    sampler: new tracing.ParentBasedSampler({ root }),
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
    // Left out, the SDK would choose an exporter by the environment; an empty list exports nothing.
    spanProcessors: processor ? [processor] : [],
  });
  sdk.start();
  // A collector that is away must not fail the drain.
  return { stop: () => sdk.shutdown().catch(() => undefined) };
}
