/** Label numbers of Fashion-MNIST and the words that a person would search for. */
export const CLASSES = [
  { name: 't-shirt', label: 0 },
  { name: 'trouser', label: 1 },
  { name: 'pullover', label: 2 },
  { name: 'dress', label: 3 },
  { name: 'coat', label: 4 },
  { name: 'sneaker', label: 7 },
  { name: 'bag', label: 8 },
  { name: 'ankle boot', label: 9 },
];

/** Classes of Fashion-MNIST that the demo pretends not to know: open noise that looks like fashion. */
export const HELD_OUT = [
  { name: 'sandal', label: 5 },
  { name: 'shirt', label: 6 },
];

/** What a search for a class mostly mixes up with it: known classes, then the held-out one. */
export const CONFUSIONS = {
  't-shirt': { closed: ['pullover', 'dress'], near: 'shirt' },
  trouser: { closed: ['dress', 't-shirt'], near: 'shirt' },
  pullover: { closed: ['coat', 't-shirt'], near: 'shirt' },
  dress: { closed: ['coat', 't-shirt'], near: 'shirt' },
  coat: { closed: ['pullover', 'dress'], near: 'shirt' },
  sneaker: { closed: ['ankle boot', 'bag'], near: 'sandal' },
  bag: { closed: ['sneaker', 'ankle boot'], near: 'sandal' },
  'ankle boot': { closed: ['sneaker', 'bag'], near: 'sandal' },
};

/** Rows a class: 45 % clean, 20 % closed, 35 % open. */
export const ROWS = { clean: 135, closed: 60, open: 105 };
/** Of the open rows that show an image of their own, this many are clip art, the others are held-out clothing. */
export const FAR_OPEN = 38;

/** How many rows of a class an engine lists. */
export const ENGINE_ROWS = { openverse: 110, commons: 90, bing: 100 };

/** Copies within a class, by kind of the row: such a row shows the image of another row of its class and kind. */
export const COPIES = { clean: 12, closed: 5, open: 9 };
export const COPY_FORMS = ['same-url', 'same-bytes', 're-encoded', 'resized'];
/** Rows that show an image which another class lists too. */
export const CONFLICTS = { closed: 2, open: 2 };

/** What the hosts do, rows a class; every other row is `plain`. Two names: alternating from class to class. */
export const BEHAVIOURS = [
  [['gone'], 6],
  [['hotlink'], 3],
  [['rate'], 4],
  [['slow'], 1],
  [['html'], 2],
  [['html-as-jpeg'], 2],
  [['truncated'], 3],
  [['cut-short'], 1],
  [['gzip-bomb', 'pixel-bomb'], 1],
  [['redirect'], 2],
  [['redirect-loopback', 'redirect-metadata'], 1],
  [['noai'], 2],
  [['noimageai'], 2],
  [['robots'], 3],
];

export const HOSTS = [...Array.from({ length: 20 }, (_, index) => `img${index}.demo.test`), 'cdn.demo.test'];

/** Side of the images as they are served, and of resized copies: far enough from 64 for PDQ's grid. */
export const SIDE = 160;
export const RESIZED = [144, 192, 240];

export const slug = (name) => name.replaceAll(' ', '-');
