import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import { routes } from '../../application';
import { addressOf, type Route } from '../route';
import { openApi } from './openapi';

type Content = Readonly<Record<string, { schema?: object; example?: unknown }>>;
type Response = Readonly<{ description: string; content?: Content; $ref?: string }>;
type Parameter = Readonly<{ name: string; in: string; required: boolean; schema: object; example?: unknown }>;
type Operation = Readonly<{
  operationId: string;
  parameters: readonly Parameter[];
  requestBody?: { content: Content };
  responses: Readonly<Record<string, Response>>;
  'x-problem-codes': Readonly<Record<string, readonly string[]>>;
}>;

const document = openApi(routes) as {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, Response> };
};
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ $id: 'api', components: document.components });

const compiled = new Map<string, ValidateFunction>();
function validatorOf(schema: object): ValidateFunction {
  const text = JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/');
  const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text) as object);
  compiled.set(text, validate);
  return validate;
}

/** What is wrong with an example, said as in the document. */
function faults(schema: object, example: unknown): readonly string[] {
  const validate = validatorOf(schema);
  validate(example);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
const operationOf = (route: Route): Operation | undefined =>
  document.paths[addressOf(route)]?.[route.method.toLowerCase()];
const cases = routes.map((route) => [route.operationId, route, operationOf(route)] as const);

test('every row is listed and nothing else', () => {
  const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(listed.toSorted()).toEqual(routes.map((each) => `${each.method} ${addressOf(each)}`).toSorted());
});

test.each(cases)('%s shows a request that fits', (_, route, operation) => {
  const body = operation?.requestBody?.content['application/json'];
  expect(body === undefined).toBe(route.takes !== 'json');
  expect(body ? faults(body.schema ?? {}, body.example) : []).toEqual([]);
  const parameters = operation?.parameters ?? [];
  expect(parameters.filter(({ required, example }) => required && example === undefined)).toEqual([]);
  const shown = parameters.filter(({ example }) => example !== undefined);
  expect(shown.flatMap(({ schema, example }) => faults(schema, example))).toEqual([]);
});

const answersOf = ({ status }: Route, operation: Operation | undefined) =>
  Object.entries(operation?.responses[status]?.content ?? {}).filter(([type]) => !type.startsWith('audio/'));

test.each(cases)('%s shows an answer that fits its schema, in the document and in the code', (_, route, operation) => {
  const answers = answersOf(route, operation);
  expect(answers.length > 0 || [route.status === 204, !route.reply].includes(true)).toBe(true);
  for (const [, { schema = {}, example }] of answers) {
    expect(faults(schema, example)).toEqual([]);
    expect(route.reply?.safeParse(example).error?.issues ?? []).toEqual([]);
  }
});

const refusalAt = (operation: Operation | undefined, status: string): Response => {
  const name = operation?.responses[status]?.$ref?.split('/').at(-1) ?? '';
  return document.components.responses[name] ?? { description: '' };
};

test.each(cases)('%s shows every refusal by status', (_, __, operation) => {
  const byStatus = Object.entries(operation?.['x-problem-codes'] ?? {});
  expect(byStatus.length).toBeGreaterThan(5);
  for (const [status, codes] of byStatus) {
    const { description, content = {} } = refusalAt(operation, status);
    const { schema = {}, example } = content['application/problem+json'] ?? {};
    expect(faults(schema, example)).toEqual([]);
    expect(example).toMatchObject({ status: Number(status) });
    expect(codes.filter((code) => !description.includes(code))).toEqual([]);
  }
});

/** Statuses that the gateway narrows for codes of other contexts. */
const narrower: Readonly<Record<string, readonly string[]>> = {
  'GEAR.FILE_REJECTED': ['413', '415', '422'],
  'STORE.VERSION_CONFLICT': ['412'],
  'SHOOTOUT.UPLOAD_EXPIRED': ['410'],
  'SHOOTOUT.CHECKSUM_MISMATCH': ['460'],
};

test('every code is in docs/errors.md with the status that is shown', () => {
  const table = readFileSync(join(__dirname, '../../../../../docs/errors.md'), 'utf8');
  const known = new Map(
    [...table.matchAll(/^\| `([\w.]+)` \| [\w-]+ \| (\d+) \|/gm)].map(([, code, status]) => [code, status]),
  );
  for (const operation of Object.values(document.paths).flatMap((each) => Object.values(each)))
    for (const [status, codes] of Object.entries(operation['x-problem-codes']))
      for (const code of codes)
        expect([code, narrower[code] ?? [known.get(code)]]).toEqual([code, expect.arrayContaining([status])]);
});
