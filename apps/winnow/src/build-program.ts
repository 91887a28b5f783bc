import { Command, InvalidArgumentError, Option } from 'commander';
import type { CommandInput, CommandSpec, OptionSpec } from '@winnow/contracts';

/** What a parsed command line asks for. */
export interface Invocation {
  /** `winnow teacher train` */
  readonly title: string;
  readonly spec: CommandSpec;
  readonly input: CommandInput;
  readonly json: boolean;
  readonly debug: boolean;
}

/** A command as the list of commands shows it. */
export interface ListedCommand {
  readonly name: string;
  readonly summary: string;
  /** Over the commands that share it, in the order of the list. */
  readonly heading?: string;
}

/** A command line: its name, what it says of itself, and its commands, each loaded when it runs. */
export interface CommandLine<Listed extends ListedCommand = ListedCommand> {
  readonly name: string;
  readonly description: string;
  readonly commands: readonly Listed[];
  load(command: Listed): Promise<CommandSpec>;
}

export interface ProgramOptions {
  readonly line: Pick<CommandLine, 'name' | 'description' | 'commands'>;
  readonly version: string;
  /** The one command that is about to run, fully described; the others appear with their summary only. */
  readonly active: { readonly listed: ListedCommand; readonly spec: CommandSpec } | undefined;
  onInvoke(invocation: Invocation): void;
  write(stream: 'stdout' | 'stderr', text: string): void;
}

/** The command line as commander sees it. Usage errors leave by commander's exitOverride. */
export function buildProgram(options: ProgramOptions): Command {
  const program = new Command(options.line.name)
    .description(options.line.description)
    .version(options.version, '-V, --version')
    .helpCommand(false);
  for (const listed of options.line.commands) {
    const command = program.command(listed.name).summary(listed.summary).description(listed.summary);
    if (listed.heading !== undefined) command.helpGroup(listed.heading);
    if (options.active?.listed === listed) describe(command, options.active.spec, [listed.name], options);
  }
  for (const command of withDescendants(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => options.write('stdout', text),
      writeErr: (text) => options.write('stderr', text),
      outputError: (text, write) => write(`${text.trim().replace(/\s*\n\s*/g, ' ')} See --help.\n`),
    });
  }
  return program;
}

function withDescendants(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withDescendants)];
}

function describe(command: Command, spec: CommandSpec, path: readonly string[], options: ProgramOptions): void {
  for (const sub of spec.subcommands ?? []) {
    describe(
      command.command(sub.name).summary(sub.summary).description(sub.summary),
      sub,
      [...path, sub.name],
      options,
    );
  }
  if (spec.run === undefined) return;
  for (const { name, description, required, variadic } of spec.arguments) {
    const inner = variadic === true ? `${name}...` : name;
    command.argument(required ? `<${inner}>` : `[${inner}]`, description);
  }
  for (const option of spec.options) command.addOption(toOption(option));
  command.option('--json', 'print one JSON object on stdout').option('--debug', 'print stack traces');
  if (spec.examples !== undefined)
    command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  ${line}`).join('\n')}`);
  command.action((...values: unknown[]) => {
    const parsed = command.opts<Record<string, unknown>>();
    options.onInvoke({
      title: `${options.line.name} ${path.join(' ')}`,
      spec,
      input: {
        arguments: Object.fromEntries(
          spec.arguments.map(({ name }, index) => [name, values[index] as string | undefined]),
        ),
        options: parsed,
      },
      json: parsed['json'] === true,
      debug: parsed['debug'] === true,
    });
  });
}

function toOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.description);
  if (spec.type === 'repeated') option.argParser((text, earlier) => append(text, earlier));
  else if (spec.choices !== undefined && spec.type !== 'list') option.choices([...spec.choices]);
  else if (spec.type !== 'boolean' && spec.type !== 'string') option.argParser((text) => parseValue(spec, text));
  if (spec.default !== undefined) option.default(spec.default);
  return option;
}

/** What was given before is a default, hence no list, or the items so far. */
function append(text: string, earlier: unknown): string[] {
  return [...(Array.isArray(earlier) ? earlier.map(String) : []), text];
}

function parseValue(spec: OptionSpec, text: string): unknown {
  if (spec.type === 'list') return parseList(spec, text);
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || (spec.type === 'integer' && !Number.isInteger(value))) {
    throw new InvalidArgumentError(spec.type === 'integer' ? 'It must be a whole number.' : 'It must be a number.');
  }
  if (spec.min !== undefined && value < spec.min) throw new InvalidArgumentError(`It must be at least ${spec.min}.`);
  return value;
}

function parseList(spec: OptionSpec, text: string): string[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  const unknown = items.find((item) => spec.choices !== undefined && !spec.choices.includes(item));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`"${unknown}" is not one of ${(spec.choices ?? []).join(', ')}.`);
  if (items.length === 0) throw new InvalidArgumentError('It must name at least one.');
  return items;
}
