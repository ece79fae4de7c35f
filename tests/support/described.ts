import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import { routes } from '../../services/gateway/src/application';
import { openApi } from '../../services/gateway/src/application/docs/openapi';
import { addressOf, type Route } from '../../services/gateway/src/application/route';

type Answer = Readonly<{ status: number; type: string; body: unknown }>;
type Content = Readonly<Record<string, { schema?: object }>>;
type Described = Readonly<{ responses: Record<string, { content?: Content; $ref?: string }> }>;

const document = openApi(routes) as { paths: Record<string, Record<string, Described>>; components: object };
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ $id: 'api', components: document.components });
const compiled = new Map<object, ValidateFunction>();

const validatorOf = (schema: object): ValidateFunction => {
  const inPlace = () => JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/')) as object;
  const validate = compiled.get(schema) ?? ajv.compile(inPlace());
  compiled.set(schema, validate);
  return validate;
};

const templates = routes.map((route) => ({
  route,
  pattern: new RegExp(
    `^${addressOf(route)
      .replaceAll('.', '\\.')
      .replaceAll(/\{\w+\}/g, '[^/]+')}$`,
  ),
}));
const isMethod = (route: Route, method: string): boolean =>
  route.method === method || (method === 'HEAD' && route.method === 'GET');
/** A readiness report has two statuses of its own. */
const isTold = ({ operationId }: Route): boolean => operationId !== 'GetReadiness';

const problem = document.components as { schemas: { Problem: object } };
const schemaFor = (described: Described, { status, type }: Answer): object | undefined =>
  type === 'application/problem+json' ? problem.schemas.Problem : described.responses[status]?.content?.[type]?.schema;

function describedAt(method: string, url: string): (Described & { name: string }) | undefined {
  const { pathname } = new URL(url);
  const route = templates.find((each) => isMethod(each.route, method) && each.pattern.test(pathname))?.route;
  const described = route && document.paths[addressOf(route)]?.[route.method.toLowerCase()];
  return described && isTold(route) ? { ...described, name: route.operationId } : undefined;
}

function faultsOf(described: Described, answer: Answer): string | undefined {
  const schema = answer.type.includes('json') ? schemaFor(described, answer) : undefined;
  const validate = schema && validatorOf(schema);
  return validate && !validate(answer.body) ? ajv.errorsText(validate.errors) : undefined;
}

/** @throws Error where an answer is none that `docs/openapi.json` describes: its status, or its body in closed objects */
export function holdToDescription(method: string, url: string, answer: Answer): void {
  const described = describedAt(method, url);
  if (!described) return;
  const place = `${described.name} answered ${answer.status}`;
  if (!(answer.status in described.responses)) throw new Error(`${place}, which is not described`);
  const faults = method === 'HEAD' ? undefined : faultsOf(described, answer);
  if (faults !== undefined) throw new Error(`${place} as nobody described: ${faults}`);
}
