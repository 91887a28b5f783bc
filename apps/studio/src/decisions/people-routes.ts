import { personSchema, viewSchema, WinnowError } from '@winnow/contracts';
import type { PersonLink, StudioPeople, StudioViews } from '@winnow/contracts';
import { addView, listViews, removeView, saveView } from '@winnow/db';
import type { Database } from '@winnow/db';
import { HttpError } from '../server/answer-errors';
import type { RouteModule } from '../server/studio-context';

/** Who may decide, and the lists of images that people gave a name. */
export const peopleRoutes: RouteModule = (server, { config, database, events, keys, now, personOf }) => {
  /** Whose key was taken away hears nothing more. */
  const tell = async (): Promise<void> => {
    events.keepOnly(await keys.capabilities());
    events.publish('project');
  };
  server.get('/api/people', async (): Promise<StudioPeople> => ({ people: await keys.people() }));
  server.post('/api/people', async (request): Promise<PersonLink> => {
    const { name } = personSchema.parse(request.body);
    const key = await keys.invite(name, now());
    await tell();
    return { name, link: `http://${request.headers.host}/#key=${key}` };
  });
  server.post('/api/people/remove', async (request): Promise<StudioPeople> => {
    const { name } = personSchema.parse(request.body);
    if (!(await keys.remove(name))) {
      throw new WinnowError('MISSING_INPUT', `Nobody of this name is invited: "${name}"`, { next: 'Choose another.' });
    }
    await tell();
    return { people: await keys.people() };
  });
  const views = async (db: Database): Promise<StudioViews> => ({ views: await listViews(db, config.name) });
  server.get('/api/views', () => database.useOrAway(views));
  server.post('/api/views', (request) => {
    const { name, address, replaces } = viewSchema.parse(request.body);
    const view = { name, person: personOf(request).name, address };
    return database.useOnceThere(async (db) => {
      if (address === '') await removeView(db, config.name, name);
      else if (replaces) await saveView(db, config.name, view);
      else if (!(await addView(db, config.name, view)))
        throw new HttpError(409, `There is a view of this name: ${name}`);
      events.publish('project');
      return views(db);
    });
  });
};
