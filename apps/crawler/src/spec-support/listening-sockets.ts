import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTENING = '0A';

/** How many TCP sockets this process listens at. Linux only. */
export function listeningSockets(): number {
  const inodes = new Set(
    ['/proc/self/net/tcp', '/proc/self/net/tcp6']
      .filter((file) => existsSync(file))
      .flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(1))
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTENING)
      .map((fields) => `socket:[${fields[9]}]`),
  );
  return readdirSync('/proc/self/fd').filter((fd) => inodes.has(linkOf(`/proc/self/fd/${fd}`))).length;
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    // That of the folder that was just read.
    return '';
  }
}
