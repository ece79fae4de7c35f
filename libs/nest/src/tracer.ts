import type { Tracer } from '@gts/messaging';
import { currentTraceparent, inSpan } from '@gts/observability';

/** Spans of `libs/observability` in the shape that messaging asks for. */
export const tracer: Tracer = (name, options, work) => inSpan(name, options, () => work(currentTraceparent()));
