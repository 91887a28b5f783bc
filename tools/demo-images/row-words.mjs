const ADJECTIVES = 'Blue,Red,Vintage,Wool,Café,Striped,Summer,Winter,Plain,Studio,Old,New,Handmade,Green,Black'.split(
  ',',
);
const TAILS = [
  'on white',
  'in a shop',
  '“sale” & more',
  'detail',
  "from Zoë's wardrobe",
  'front view',
  'catalogue',
  '',
];
const LICENCES = ['by 2.0', 'by-sa 4.0', 'cc0 1.0', 'pdm 1.0', 'by-sa 3.0', 'by-nc 2.0', 'by 4.0'];
const CREATORS = [
  'A. Moreau',
  'B. Lindqvist',
  'C. Okafor',
  'D. Tanaka',
  'E. Rossi',
  'F. Novák',
  'G. Silva',
  'H. O’Neil',
];

/** Invented title, licence and creator of a row; Bing states neither of the latter. */
export function rowWords(row, number, random) {
  const title = `${random.pick(`adjective/${row.id}`, ADJECTIVES)} ${row.class} ${number} ${random.pick(`tail/${row.id}`, TAILS)}`;
  if (row.engine === 'bing') return { title: title.trim(), licence: null, creator: null };
  return {
    title: title.trim(),
    licence: random.pick(`licence/${row.id}`, LICENCES),
    creator: random.pick(`creator/${row.id}`, CREATORS),
  };
}
