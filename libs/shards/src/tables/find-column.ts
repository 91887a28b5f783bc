/** Usual names of columns, the surest first. */
export const COLUMN_NAMES = {
  class: ['class', 'label', 'label_name', 'class_name', 'classname', 'labels', 'category'],
  path: ['path', 'file', 'file_name', 'filename', 'filepath', 'file_path', 'image_path', 'image_file', 'image'],
  url: ['url', 'image_url', 'imageurl', 'img_url', 'link'],
  pageUrl: ['page_url', 'pageurl', 'landing_url', 'foreign_landing_url', 'source_url'],
  title: ['title', 'caption', 'text'],
  license: ['license', 'licence'],
  licenseUrl: ['license_url', 'licenseurl', 'licence_url'],
  creator: ['creator', 'author', 'artist'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The column that holds something, by its usual names; case does not matter. Undefined where there is none. */
export function findColumn(columns: readonly string[], role: keyof typeof COLUMN_NAMES): string | undefined {
  const byName = new Map(columns.map((name) => [name.toLowerCase(), name]));
  const name = COLUMN_NAMES[role].find((candidate) => byName.has(candidate));
  return name === undefined ? undefined : byName.get(name);
}
