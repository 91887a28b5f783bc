/**
 * UUID version 7 (RFC 9562): 48 bits of milliseconds, then random bits; ids of one browser sort by time.
 * @param random 10 bytes
 */
export function uuid7(unixMillis: number, random: Uint8Array): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const time = hex(unixMillis, 12);
  const bytes = [...random].map((byte) => hex(byte, 2)).join('');
  const variant = hex(0x8 | (Number.parseInt(bytes[3] ?? '0', 16) & 0x3), 1);
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${bytes.slice(0, 3)}`,
    `${variant}${bytes.slice(4, 7)}`,
    bytes.slice(8, 20),
  ].join('-');
}

export function newId(): string {
  return uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}
