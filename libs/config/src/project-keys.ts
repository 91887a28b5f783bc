import { z } from 'zod';
import { projectSchema } from './project-schema';

/** JSON Schema (draft 2020-12) of the project file, for editors. */
export function projectJsonSchema(): Record<string, unknown> {
  return { title: 'winnow project', ...z.toJSONSchema(projectSchema, { io: 'input' }) };
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

/** Made once: it takes as long as reading a project does. */
let schema: SchemaNode | undefined;

/** The keys that a project file may have at this place. */
export function projectKeys(location: readonly PropertyKey[]): readonly string[] {
  schema ??= projectJsonSchema() as SchemaNode;
  let nodes: readonly SchemaNode[] = [schema];
  for (const key of location) nodes = nodes.flatMap((node) => branches(childOf(node, key)));
  return [
    ...new Set(
      nodes.flatMap(({ properties = {}, propertyNames }) => [
        ...Object.keys(properties),
        ...(propertyNames?.enum ?? []),
      ]),
    ),
  ];
}

function childOf({ properties, additionalProperties, items }: SchemaNode, key: PropertyKey): SchemaNode {
  if (typeof key === 'number') return items ?? {};
  const open = typeof additionalProperties === 'object' ? additionalProperties : {};
  return properties?.[String(key)] ?? open;
}

const branches = (node: SchemaNode): readonly SchemaNode[] => [node, ...(node.anyOf ?? [])];
