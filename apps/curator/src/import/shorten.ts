/** Text from a source must neither fill the terminal nor move its cursor. @param most characters */
export function shorten(text: string, most = 100): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ');
  return plain.length > most ? `${plain.slice(0, most - 3)}...` : plain;
}
