/** Of a temporary file's name: the process that writes it. */
const WRITER = /\.(\d+)(?:-\d+)?\.tmp$/;

/**
 * Whether a living process of this machine writes a temporary file: commands that compute hold no lock of the database.
 * @param file name or path, as writeFileAtomic and the pixel cache choose it
 */
export function isBeingWritten(file: string): boolean {
  const writer = WRITER.exec(file)?.[1];
  if (writer === undefined) return false;
  try {
    process.kill(Number(writer), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
