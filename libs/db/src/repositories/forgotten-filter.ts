import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Database } from '../database';
import { forgotten } from '../schema';

/** Tells what must neither be listed nor stored again; reads nothing. */
export interface ForgottenFilter {
  isForgotten(canonicalUrl: string): boolean;
  /** sha256 of files, hex. */
  readonly forgottenDigests: ReadonlySet<string>;
}

/** What a project was told to forget, as it stands now. */
export async function forgottenFilter(db: Database, project: string): Promise<ForgottenFilter> {
  const found = await db
    .select({ kind: forgotten.kind, value: forgotten.value })
    .from(forgotten)
    .where(eq(forgotten.project, project));
  const of = (kind: 'url' | 'host' | 'sha256'): ReadonlySet<string> =>
    new Set(found.filter((row) => row.kind === kind).map(({ value }) => value));
  const [urls, hosts] = [of('url'), of('host')];
  return {
    isForgotten: (url) =>
      (hosts.size > 0 && hostAndParents(url).some((host) => hosts.has(host))) ||
      (urls.size > 0 && urls.has(forgottenUrlDigest(url))),
    forgottenDigests: of('sha256'),
  };
}

/** How a forgotten URL is remembered: it is not spelt out again. */
export function forgottenUrlDigest(canonicalUrl: string): string {
  return createHash('sha256').update(canonicalUrl).digest('hex');
}

/** `a.b.c` of a canonical URL, then `b.c`, then `c`. */
function hostAndParents(canonicalUrl: string): readonly string[] {
  const host = (canonicalUrl.split('/', 3)[2] ?? '').replace(/:\d+$/, '');
  const labels = host.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}
