import { COMMAND_TABLE } from './command-table';
import { loadCommand } from './load-commands';

describe('COMMAND_TABLE', () => {
  it.each(COMMAND_TABLE.map((entry) => [entry.name, entry] as const))(
    'says of %s what its app says',
    async (_name, entry) => {
      const spec = await loadCommand(entry);
      expect(spec.summary).toBe(entry.summary);
      expect(spec.run !== undefined || (spec.subcommands?.length ?? 0) > 0).toBe(true);
    },
  );
});
