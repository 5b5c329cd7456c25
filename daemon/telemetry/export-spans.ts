import type { Span, Spans } from './spans.ts'

/** Whom spans are sent to. */
export interface SpanExport {
  /** The address of an OpenTelemetry collector that speaks OTLP over HTTP. */
  readonly endpoint: string
  readonly version: string
}

const path = '/v1/traces'
const closeMs = 2_000

/** Opens the way to a collector. The libraries are loaded here and nowhere else: most daemons have no collector. */
export async function exportSpans({ endpoint, version }: SpanExport): Promise<Spans> {
  const {
    trace: api,
    ROOT_CONTEXT,
    SpanKind,
    SpanStatusCode,
    TraceFlags,
  } = await import('@opentelemetry/api')
  const { BatchSpanProcessor, TracerProvider } = await import('@opentelemetry/sdk-trace')
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const { resourceFromAttributes } = await import('@opentelemetry/resources')

  // The ids were given when the request came, long before its span is made.
  let next: Span['trace'] | undefined
  const exporter = new OTLPTraceExporter({ url: addressOf(endpoint), timeoutMillis: closeMs })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'aios', 'service.version': version }),
    idGenerator: {
      generateTraceId: () => next?.traceId ?? '',
      generateSpanId: () => next?.spanId ?? '',
    },
    spanProcessors: [new BatchSpanProcessor({ exporter, maxQueueSize: 2048, scheduledDelayMillis: 2_000 })],
  })
  const tracer = provider.getTracer('aios', version)

  return {
    record({ name, trace, began, ended, attributes, failure }) {
      next = trace
      const { traceId, parentId, isSampled } = trace
      const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE
      const parent =
        parentId === undefined
          ? ROOT_CONTEXT
          : api.setSpanContext(ROOT_CONTEXT, { traceId, spanId: parentId, traceFlags, isRemote: true })
      const options = { kind: SpanKind.SERVER, startTime: began, attributes: { ...attributes } }
      const span = tracer.startSpan(name, options, parent)
      if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure })
      span.end(ended)
    },
    // A collector that does not answer must not keep the daemon from ending.
    close: () => provider.shutdown().catch(() => {}),
  }
}

/** Takes the collector’s address with or without the path, as OpenTelemetry’s own variables do. */
function addressOf(endpoint: string): string {
  const address = new URL(endpoint)
  if (!address.pathname.endsWith(path)) address.pathname = address.pathname.replace(/\/$/, '') + path
  return address.href
}
