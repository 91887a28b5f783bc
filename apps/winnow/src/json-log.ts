import { printableText } from '@winnow/runs';

/** What stderr of a command is to a collector of logs. */
export interface LogStream {
  write(text: string): boolean;
}

/**
 * Each line of stderr as an object on a line of its own (WINNOW_LOG=json): `time`, `level` (`info` or `error`), `command`,
 * `pid`, `message`.
 */
export function jsonLog(
  stream: LogStream,
  {
    command,
    pid,
    now = () => new Date(),
  }: { readonly command: string; readonly pid: number; readonly now?: () => Date },
): LogStream {
  return {
    write(text) {
      const lines = printableText(text)
        .split('\n')
        .filter((line) => line !== '');
      const objects = lines.map((line) => {
        const level = line.startsWith('error: ') ? 'error' : 'info';
        return JSON.stringify({
          time: now().toISOString(),
          level,
          command,
          pid,
          message: line.replace(/^error: /, ''),
        });
      });
      return objects.length === 0 || stream.write(`${objects.join('\n')}\n`);
    },
  };
}
