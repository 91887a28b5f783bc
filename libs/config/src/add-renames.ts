import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, parse, parseDocument, stringify, type YAMLMap } from 'yaml';
import { WinnowError } from '@winnow/contracts';

/**
 * A project file with more names in `teacher.rename`, which are put in where the library says that its mapping ends: every
 * other character stays.
 * @param text of a file that loads
 * @throws WinnowError CONFIG_INVALID where it is not written so that they can be put in (an alias, say)
 */
export function addRenames(text: string, renames: Readonly<Record<string, string>>, file: string): string {
  const document = parseDocument(text, { uniqueKeys: false });
  const teacher: unknown = document.get('teacher', true);
  const existing: unknown = isMap(teacher) ? teacher.get('rename', true) : undefined;
  const pairs = Object.entries(renames).map(([ours, theirs]) => `${scalarText(ours)}: ${scalarText(theirs)}`);
  let written = text;
  if (isMap(existing)) written = insert(text, existing, pairs);
  else if (isMap(teacher) && existing === undefined) {
    const isLine = teacher.flow === true;
    written = insert(
      text,
      teacher,
      isLine ? [`rename: { ${pairs.join(', ')} }`] : ['rename:', ...pairs.map((pair) => `  ${pair}`)],
    );
  }
  if (isDeepStrictEqual(valueOf(written), withRenames(document.toJS() as unknown, renames))) return written;
  throw new WinnowError('CONFIG_INVALID', 'teacher.rename cannot be written there', {
    where: `${file}, key teacher`,
    next: `Write it by hand: teacher: { weights: FILE, rename: { ${pairs.slice(0, 20).join(', ')} } }.`,
  });
}

/** Entries after the last one of a mapping, which is on a line in braces or has a line for each. */
function insert(text: string, map: YAMLMap, entries: readonly string[]): string {
  const [first, last] = [map.items[0], map.items.at(-1)];
  const [start] = map.range ?? [0];
  if (!isNode(first?.key) || !isNode(last?.key)) {
    return `${text.slice(0, start + 1)} ${entries.join(', ')} ${text.slice(start + 1)}`;
  }
  const lastNode = isNode(last.value) ? last.value : last.key;
  const end = text.slice(0, lastNode.range?.[1]).trimEnd().length;
  if (map.flow === true) return `${text.slice(0, end)}, ${entries.join(', ')}${text.slice(end)}`;
  const key = first.key.range?.[0] ?? 0;
  const indent = ' '.repeat(key - text.lastIndexOf('\n', key - 1) - 1);
  const rest = text.slice(end).search(/\r?\n|$/);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = entries.map((entry) => `${newline}${indent}${entry}`).join('');
  return `${text.slice(0, end + rest)}${lines}${text.slice(end + rest)}`;
}

/** Plain where no reader could take it for something else, in braces too. */
function scalarText(value: string): string {
  return /^\w[\w -]*$/.test(value) && stringify(value).trimEnd() === value ? value : JSON.stringify(value);
}

function valueOf(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function withRenames(value: unknown, renames: Readonly<Record<string, string>>): unknown {
  const project = value as { readonly teacher?: { readonly rename?: object } } | null;
  const teacher = project?.teacher;
  return { ...project, teacher: { ...teacher, rename: { ...teacher?.rename, ...renames } } };
}
