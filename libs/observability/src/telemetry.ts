import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import type * as otlp from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
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

/** Not `import()`: that would load the other build of all packages that we have loaded already. */
const load = createRequire(__filename);

/**
 * Sends spans by OTLP over HTTP. The exporter is a good part of all that a process would load at its start, and nothing
 * needs it before the first batch: it is loaded then.
 */
function otlpExporter(endpoint: string): tracing.SpanExporter {
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  let loaded: tracing.SpanExporter | undefined;
  const made = () => {
    const { OTLPTraceExporter } = load('@opentelemetry/exporter-trace-otlp-proto') as typeof otlp;
    return new OTLPTraceExporter({ url });
  };
  return {
    export: (spans, done) => (loaded ??= made()).export(spans, done),
    shutdown: () => loaded?.shutdown() ?? Promise.resolve(),
  };
}

function processorOf({ service, endpoint, file }: TelemetryOptions): tracing.SpanProcessor | undefined {
  if (file) return new tracing.SimpleSpanProcessor({ exporter: fileExporter(service, file) });
  return endpoint ? new tracing.BatchSpanProcessor({ exporter: otlpExporter(endpoint) }) : undefined;
}

/** Starts tracing with spans by hand; no auto-instrumentation, nothing loaded that is not traces (ADR 0009). */
export function startTelemetry(options: TelemetryOptions): Telemetry {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const processor = processorOf(options);
  if (!processor) return { stop: () => Promise.resolve() };
  const root = options.file ? new tracing.AlwaysOnSampler() : new tracing.TraceIdRatioBasedSampler(options.sampleRatio);
  const provider = new tracing.TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': options.service })),
    sampler: new tracing.ParentBasedSampler({ root }),
    spanProcessors: [processor],
  });
  trace.setGlobalTracerProvider(provider);
  // A collector that is away must not fail the drain.
  return { stop: () => provider.shutdown().catch(() => undefined) };
}
