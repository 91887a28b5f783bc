import { and, asc, eq } from 'drizzle-orm';
import type { Database } from '../database';
import { views } from '../schema';

/** A list of images with a name. */
export interface ViewRecord {
  readonly name: string;
  readonly person: string;
  /** Path and query within the studio. */
  readonly address: string;
}

/** Stores a view, in place of one of the same name. */
export async function saveView(db: Database, project: string, { name, person, address }: ViewRecord): Promise<void> {
  const savedAt = new Date();
  await db
    .insert(views)
    .values({ project, name, person, address, savedAt })
    .onConflictDoUpdate({ target: [views.project, views.name], set: { person, address, savedAt } });
}

/** Stores a view unless one of its name says something else. @returns whether it is stored */
export async function addView(db: Database, project: string, view: ViewRecord): Promise<boolean> {
  const { name, person, address } = view;
  await db.insert(views).values({ project, name, person, address, savedAt: new Date() }).onConflictDoNothing();
  const [stored] = await db
    .select({ address: views.address })
    .from(views)
    .where(and(eq(views.project, project), eq(views.name, name)));
  return stored?.address === address;
}

/** Sorted by name. */
export async function listViews(db: Database, project: string): Promise<readonly ViewRecord[]> {
  const { name, person, address } = views;
  return db.select({ name, person, address }).from(views).where(eq(views.project, project)).orderBy(asc(views.name));
}

/** @returns whether there was one of this name */
export async function removeView(db: Database, project: string, name: string): Promise<boolean> {
  const removed = await db
    .delete(views)
    .where(and(eq(views.project, project), eq(views.name, name)))
    .returning({ name: views.name });
  return removed.length > 0;
}
