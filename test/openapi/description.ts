import { join } from 'node:path';
import SwaggerParser from '@apidevtools/swagger-parser';
import * as v from 'valibot';

/** A JSON schema as OpenAPI writes it, with its references resolved. */
export type ApiSchema = Readonly<Record<string, unknown>>;

/** A parameter of the path, the query or the headers. */
export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly schema: ApiSchema;
}

/** A body of one content type. */
export interface ApiBody {
  readonly schema?: ApiSchema | undefined;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value?: unknown }>> | undefined;
}

/** A body by its content types. */
export type ApiContent = Readonly<Record<string, ApiBody>>;

/** How requests have to identify themselves. */
export interface ApiSecurityScheme {
  readonly type: string;
  readonly in?: string | undefined;
  readonly name?: string | undefined;
  readonly scheme?: string | undefined;
}

/** One operation of an API description. */
export interface ApiOperation {
  /** `POST /v2/contracts/{contractId}/termination` */
  readonly name: string;
  readonly method: string;
  /** Its address, with a place for each parameter of the path. */
  readonly url: string;
  readonly parameters: readonly ApiParameter[];
  /** Left out: the description has no body. */
  readonly requestBody?: { readonly required: boolean; readonly content: ApiContent };
  /** By status; `default` for every other. */
  readonly responses: Readonly<Record<string, { readonly content: ApiContent }>>;
  /** The description says that it needs no credentials, by an empty list of its own. */
  readonly isOpen: boolean;
  /** One of these, each with all its schemes. Empty: the description says nothing. */
  readonly security: readonly (readonly (readonly [name: string, scheme: ApiSecurityScheme | undefined])[])[];
}

const schema = v.record(v.string(), v.unknown());
const content: v.GenericSchema<unknown, ApiContent> = v.record(
  v.string(),
  v.object({
    schema: v.optional(schema),
    example: v.optional(v.unknown()),
    examples: v.optional(v.record(v.string(), v.object({ value: v.optional(v.unknown()) }))),
  }),
);
const parameters: v.GenericSchema<unknown, readonly ApiParameter[]> = v.array(
  v.object({
    name: v.string(),
    in: v.picklist(['path', 'query', 'header', 'cookie']),
    required: v.optional(v.boolean(), false),
    schema: v.optional(schema, {}),
  }),
);
const securitySchemes: v.GenericSchema<unknown, Readonly<Record<string, ApiSecurityScheme>>> = v.record(
  v.string(),
  v.object({
    type: v.string(),
    in: v.optional(v.string()),
    name: v.optional(v.string()),
    scheme: v.optional(v.string()),
  }),
);

interface Operation extends Pick<ApiOperation, 'parameters' | 'responses'> {
  readonly requestBody?: ApiOperation['requestBody'] | undefined;
  readonly security?: Security | undefined;
}

type Security = readonly Readonly<Record<string, unknown>>[];
const security: v.GenericSchema<unknown, Security> = v.array(v.record(v.string(), v.unknown()));
const operation: v.GenericSchema<unknown, Operation> = v.object({
  parameters: v.optional(parameters, []),
  requestBody: v.optional(v.object({ required: v.optional(v.boolean(), false), content })),
  responses: v.record(v.string(), v.object({ content: v.optional(content, {}) })),
  security: v.optional(security),
});

interface PathItem extends Pick<ApiOperation, 'parameters'> {
  readonly get?: Operation | undefined;
  readonly post?: Operation | undefined;
  readonly put?: Operation | undefined;
  readonly patch?: Operation | undefined;
  readonly delete?: Operation | undefined;
}

interface Description {
  readonly servers: readonly { readonly url: string }[];
  readonly security: Security;
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, ApiSecurityScheme>> };
}

const description: v.GenericSchema<unknown, Description> = v.object({
  servers: v.pipe(v.array(v.object({ url: v.string() })), v.length(1)),
  security: v.optional(security, []),
  paths: v.record(
    v.string(),
    v.object({
      parameters: v.optional(parameters, []),
      get: v.optional(operation),
      post: v.optional(operation),
      put: v.optional(operation),
      patch: v.optional(operation),
      delete: v.optional(operation),
    }),
  ),
  components: v.optional(v.object({ securitySchemes: v.optional(securitySchemes, {}) }), { securitySchemes: {} }),
});

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/**
 * The operations of the OpenAPI descriptions with these names, which are those of the files in `descriptions/`.
 *
 * @throws Error if a file is no valid description.
 */
export async function readOperations(names: readonly string[]): Promise<readonly ApiOperation[]> {
  return (await Promise.all(names.map(readDescription))).flat();
}

async function readDescription(name: string): Promise<readonly ApiOperation[]> {
  const file = join(import.meta.dirname, 'descriptions', `${name}.openapi.yaml`);
  const api = v.parse(description, await SwaggerParser.validate(file));
  const schemes = api.components.securitySchemes;
  const base = api.servers.map(({ url }) => url.replace(/\/$/, '')).join('');
  return Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method): ApiOperation[] => {
      const found = item[method];
      if (found === undefined) return [];
      const { requestBody, responses } = found;
      return [
        {
          name: `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          url: base + path,
          parameters: [...item.parameters, ...found.parameters],
          ...(requestBody === undefined ? {} : { requestBody }),
          responses,
          isOpen: found.security?.length === 0,
          security: (found.security ?? api.security).map((alternative) =>
            Object.keys(alternative).map((scheme) => [scheme, schemes[scheme]] as const),
          ),
        },
      ];
    }),
  );
}

/** The operation that a request belongs to, and what stands in the places of its path; the most literal one. */
export function findOperation(
  operations: readonly ApiOperation[],
  method: string,
  url: string,
): { readonly operation: ApiOperation; readonly pathValues: ReadonlyMap<string, string> } | undefined {
  const found = operations.flatMap((one) => {
    const values = one.method === method ? matchPath(one.url, url.replace(/\?.*$/, '')) : undefined;
    return values === undefined ? [] : [{ operation: one, pathValues: values }];
  });
  return found.toSorted((one, other) => one.pathValues.size - other.pathValues.size)[0];
}

function matchPath(template: string, address: string): ReadonlyMap<string, string> | undefined {
  const expected = template.split('/');
  const segments = address.split('/');
  if (expected.length !== segments.length) return undefined;
  const values = new Map<string, string>();
  for (const [index, part] of expected.entries()) {
    const segment = segments[index] ?? '';
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name !== undefined && segment !== '') values.set(name, decodeURIComponent(segment));
    else if (part !== segment) return undefined;
  }
  return values;
}
