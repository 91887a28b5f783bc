import type { z } from 'zod';
import { stringify } from 'yaml';
import { MODEL_NAMES, WinnowError } from '@winnow/contracts';
import { closestName } from '@winnow/files';
import { projectKeys } from './project-keys';

interface ErrorContext {
  readonly file: string;
  /** What was validated: the file with flags and environment applied. */
  readonly input: unknown;
  lineOf(keys: readonly PropertyKey[]): number | undefined;
  /** The flag or environment variable that the value came from; undefined for the file. */
  sourceOf(keys: readonly PropertyKey[]): string | undefined;
}

type Issue = z.core.$ZodIssue;

/** One line for the first problem of a project file or of what overrides it, and how many more there are. */
export function configError(error: z.ZodError, context: ErrorContext): WinnowError {
  const issue = withinUnion(error.issues[0] as Issue);
  const keys = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const source = context.sourceOf(keys);
  const more = error.issues.length - 1;
  const found = valueAt(context.input, issue.path);
  const next = [
    advice(issue, found),
    ...(more > 0 ? [`${more} more ${more === 1 ? 'problem follows' : 'problems follow'} once this is corrected.`] : []),
  ].filter((text) => text !== '');
  return new WinnowError('CONFIG_INVALID', describe(issue, found, source), {
    where: `${source ?? locationInFile(context, keys)}, key ${showKeys(keys)}`,
    ...(next.length > 0 ? { next: next.join(' ') } : {}),
    cause: error,
  });
}

/** A misspelt key says more than that neither kind of value fits. */
function withinUnion(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors.flat().find((one) => one.code === 'unrecognized_keys') ?? besideAuto(issue.errors);
  return inner === undefined ? issue : { ...inner, path: [...issue.path, ...inner.path] };
}

/** Of `auto` or a value, what is wrong with the value. */
function besideAuto(branches: readonly (readonly Issue[])[]): Issue | undefined {
  const isAuto = (issue: Issue): boolean => issue.code === 'invalid_value' && issue.values.join() === 'auto';
  const others = branches.filter((issues) => !issues.some(isAuto));
  return others.length === branches.length - 1 && others.length === 1 ? others[0]?.[0] : undefined;
}

/** What to write instead, where that is known. */
function advice(issue: Issue, found: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    const keys = projectKeys(issue.path);
    const meant = closestName(issue.keys[0] ?? '', keys);
    if (meant !== undefined) return `Did you mean ${meant}?`;
    return keys.length === 0 ? '' : `There are ${keys.join(', ')}.`;
  }
  if (issue.path.join('.') === 'student.model' && typeof found === 'string') {
    const meant = closestName(found, MODEL_NAMES);
    return `${meant === undefined ? '' : `Did you mean ${meant}? `}There are ${MODEL_NAMES.join(', ')}.`;
  }
  if (issue.path.length === 2 && issue.path[0] === 'classes' && typeof found === 'string') {
    return `Write \`- ${stringify({ name: found }, { collectionStyle: 'flow', lineWidth: 0 }).trim()}\`.`;
  }
  return '';
}

function locationInFile({ file, lineOf }: ErrorContext, keys: readonly PropertyKey[]): string {
  const line = lineOf(keys);
  return line === undefined ? file : `${file}, line ${line}`;
}

function describe(issue: Issue, found: unknown, source: string | undefined): string {
  if (issue.code === 'unrecognized_keys') return `Unknown key "${issue.keys[0] ?? ''}" in the project file`;
  if (found === undefined && issue.code === 'invalid_type')
    return `A required key is missing: expected ${issue.expected}`;
  const what = source === undefined ? 'Wrong value in the project file' : 'Wrong value';
  return `${what}: ${issue.message.replace(/^Invalid input: /, '')}, found ${show(found)}`;
}

function showKeys(keys: readonly PropertyKey[]): string {
  const text = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '') || '(top level)';
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function valueAt(input: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], input);
}
