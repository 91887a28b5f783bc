import { COMMAND_TABLE } from './command-table';
import { loadCommand, loadCommands } from './load-commands';

describe('COMMAND_TABLE', () => {
  it.each(COMMAND_TABLE.map((entry) => [entry.name, entry] as const))(
    'says of %s what its app says',
    async (_name, entry) => {
      const spec = await loadCommand(entry);
      expect(spec.summary).toBe(entry.summary);
      expect(spec.run !== undefined || (spec.subcommands?.length ?? 0) > 0).toBe(true);
    },
  );

  it('lets two apps have subcommands of one command, each its own', async () => {
    const shared = COMMAND_TABLE.filter(({ alsoApp }) => alsoApp !== undefined);
    expect(shared.map(({ name }) => name)).toEqual(['bench']);
    for (const entry of shared) {
      for (const app of [entry.app, entry.alsoApp ?? entry.app]) {
        const part = (await loadCommands(app)).find(({ name }) => name === entry.name);
        expect(part).toMatchObject({ summary: entry.summary });
        expect(part?.run).toBeUndefined();
      }
      const names = (await loadCommand(entry)).subcommands?.map(({ name }) => name) ?? [];
      expect(names).toEqual(expect.arrayContaining(['train-step', 'loader', 'harvest']));
      expect(new Set(names).size).toBe(names.length);
    }
  });
});
