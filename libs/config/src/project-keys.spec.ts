import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadProject } from './load-project';
import { projectJsonSchema } from './project-keys';

const EXAMPLES = path.resolve(__dirname, '../../../examples');

describe('examples', () => {
  it('come with the JSON Schema of today (npm run winnow -- config --schema > examples/winnow.schema.json)', () => {
    expect(JSON.parse(readFileSync(path.join(EXAMPLES, 'winnow.schema.json'), 'utf8'))).toEqual(projectJsonSchema());
  });

  it.each(readdirSync(EXAMPLES).filter((name) => name.endsWith('.yaml')))(
    '%s loads and names the schema',
    async (name) => {
      const config = await loadProject(path.join(EXAMPLES, name), { cwd: EXAMPLES, env: {} });
      expect(config.classes.every(({ queries }) => (queries ?? []).length > 0)).toBe(true);
      const schema = /\$schema=(\S+)/.exec(readFileSync(path.join(EXAMPLES, name), 'utf8'))?.[1];
      expect(existsSync(path.join(EXAMPLES, schema ?? 'none'))).toBe(true);
    },
  );
});

describe('projectJsonSchema', () => {
  it('describes every key', () => {
    expect(undescribed(projectJsonSchema(), '')).toEqual([]);
  });
});

/** Dotted keys without a description, at any depth. */
function undescribed(node: unknown, location: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { properties = {}, ...others } = node as { properties?: Record<string, { description?: string }> };
  const own = Object.entries(properties).flatMap(([key, child]) => [
    ...((child.description ?? '') === '' ? [`${location}.${key}`] : []),
    ...undescribed(child, `${location}.${key}`),
  ]);
  return [...own, ...Object.values(others).flatMap((child) => undescribed(child, location))];
}
