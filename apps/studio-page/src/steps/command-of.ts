import type { StartStep } from '@winnow/contracts';

/** The command that a step stands for, as the server makes it of the same options. */
export function commandOf({ step, options = {} }: StartStep, file: string): string {
  const project = quoted(file.startsWith('-') ? `./${file}` : file);
  if (step === 'engines check') return `winnow engines check ${String(options['engine'])} --project=${project}`;
  if (step === 'forget') return `winnow forget ${project} ${(options['what'] as readonly string[]).join(' ')}`;
  const flags = Object.entries(options).map(([name, value]) => {
    if (value === true) return `--${name}`;
    const text = Array.isArray(value) ? value.join(',') : String(value);
    return quoted(`--${name}=${name === 'retry' ? `failed:${text}` : text}`);
  });
  return ['winnow', step, project, ...flags].join(' ');
}

function quoted(argument: string): string {
  return /^[\w./:=,@%+~-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
