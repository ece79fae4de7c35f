/** Where `ARTEFACTS_URL` says that bytes lie. */
export type Place =
  | Readonly<{ kind: 'file'; root: string }>
  | Readonly<{ kind: 'nats'; bucket: string; maxBytes: number }>
  | Readonly<{ kind: 's3'; bucket: string; endpoint: string; region: string }>;

const UNITS: Readonly<Record<string, number>> = { MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };
const SIZE = /^(\d+)([MGT]iB)$/;
const NAME = /^[\w-]+$/;
const S3_NAME = /^[\w.-]+$/;
const USUAL_MAX = '8GiB';

/** Says what is wrong, never the address. */
const refuse = (what: string): never => {
  throw new Error(what);
};

function nats(bucket: string, options: URLSearchParams): Place {
  const [, number, unit = ''] = SIZE.exec(options.get('max') ?? USUAL_MAX) ?? [];
  if (!NAME.test(bucket)) return refuse('nats:<bucket>: letters, digits, - and _');
  if (number === undefined) return refuse('nats:<bucket>?max=<size>: a size with a unit: 512MiB, 8GiB, 2TiB');
  return { kind: 'nats', bucket, maxBytes: Number(number) * (UNITS[unit] ?? 0) };
}

function s3(bucket: string, options: URLSearchParams): Place {
  const endpoint = options.get('endpoint') ?? '';
  if (!S3_NAME.test(bucket) || !URL.canParse(endpoint))
    return refuse('s3:<bucket>?endpoint=<address>&region=<name>: bucket and endpoint are needed');
  return { kind: 's3', bucket, endpoint, region: options.get('region') ?? 'us-east-1' };
}

/**
 * Takes `file:<folder>`, `nats:<bucket>[?max=8GiB]` or `s3:<bucket>?endpoint=…&region=…` apart.
 * @throws Error saying what the form is
 */
export function placeOf(url: string): Place {
  const [, kind, rest = ''] = /^(file|nats|s3):(.+)$/.exec(url) ?? [];
  if (kind === undefined) return refuse('file:<folder>, nats:<bucket> or s3:<bucket>?endpoint=…&region=…');
  if (kind === 'file') return { kind, root: rest };
  const [bucket = '', query = ''] = rest.split('?', 2);
  return kind === 'nats' ? nats(bucket, new URLSearchParams(query)) : s3(bucket, new URLSearchParams(query));
}
