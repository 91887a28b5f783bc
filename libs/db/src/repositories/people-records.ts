import { and, asc, eq } from 'drizzle-orm';
import type { StudioRole } from '@winnow/contracts';
import type { Database } from '../database';
import { people } from '../schema';

/** Somebody who may open a project's studio. */
export interface PersonRecord {
  readonly name: string;
  readonly role: StudioRole;
  /** sha256 of the key in the person's link, hex. */
  readonly keyHash: string;
}

/** Stores a person; one of the same name gets the new role and key, and the link of before opens nothing any more. */
export async function savePerson(db: Database, project: string, person: PersonRecord): Promise<void> {
  const { name, role, keyHash } = person;
  await db
    .insert(people)
    .values({ project, name, role, keyHash })
    .onConflictDoUpdate({ target: [people.project, people.name], set: { role, keyHash } });
}

/** Sorted by when they were invited. */
export async function listPeople(db: Database, project: string): Promise<readonly PersonRecord[]> {
  const { name, role, keyHash } = people;
  return db
    .select({ name, role, keyHash })
    .from(people)
    .where(eq(people.project, project))
    .orderBy(asc(people.invitedAt), asc(people.name));
}

/** What the person decided stays. @returns whether there was one of this name */
export async function removePerson(db: Database, project: string, name: string): Promise<boolean> {
  const removed = await db
    .delete(people)
    .where(and(eq(people.project, project), eq(people.name, name)))
    .returning({ name: people.name });
  return removed.length > 0;
}
