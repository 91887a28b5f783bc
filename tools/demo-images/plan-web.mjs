import { createHash } from 'node:crypto';
import {
  BEHAVIOURS,
  CLASSES,
  CONFLICTS,
  CONFUSIONS,
  COPIES,
  COPY_FORMS,
  ENGINE_ROWS,
  FAR_OPEN,
  HOSTS,
  RESIZED,
  ROWS,
  SIDE,
  slug,
} from './demo-classes.mjs';
import { rowWords } from './row-words.mjs';

/**
 * Decides what each engine lists for each class and what each image host does with it.
 * @param {{ take: (group: string) => string, random: ReturnType<typeof import('./seeded-order.mjs').seeded> }} deps
 *   `take` gives the id of an image of that group which no other row shows yet
 * @returns {object[]} the rows, class by class, in the order of the listings
 */
export function planWeb({ take, random }) {
  const plans = CLASSES.map(({ name }, place) => ownRows(name, place, { take, random }));
  plans.forEach((plan, place) => addConflicts(plan, plans, { place, random }));
  for (const plan of plans) addCopies(plan, random);
  return plans.flatMap(({ name, rows }) => list(name, rows, random));
}

/** Rows with an image of their own, some of them behind a host that misbehaves. */
function ownRows(name, place, { take, random }) {
  const rows = [];
  const add = (kind, group) =>
    rows.push({ class: name, kind, truth: kind === 'open' ? null : group, picture: take(slug(group)) });
  const own = (kind) => ROWS[kind] - COPIES[kind] - (CONFLICTS[kind] ?? 0);
  const others = CLASSES.map((other) => other.name).filter((other) => other !== name);
  const { closed, near } = CONFUSIONS[name];
  for (let index = 0; index < own('clean'); index += 1) add('clean', name);
  for (let index = 0; index < own('closed'); index += 1)
    add('closed', index % 2 === 0 ? closed[(index / 2) % 2] : random.pick(`closed/${name}/${index}`, others));
  for (let index = 0; index < own('open'); index += 1) add('open', index < FAR_OPEN ? 'clip-art' : near);
  const behaviours = BEHAVIOURS.flatMap(([names, count]) => Array(count).fill(names[place % names.length]));
  random.shuffle(`behaviours/${name}`, rows).forEach((row, index) => {
    row.id = idOf(`${name}/${row.picture}`);
    row.behaviour = behaviours[index] ?? 'plain';
    const png = random.int(`format/${row.id}`, 4) === 0;
    const quality = [85, 90, 95][random.int(`quality/${row.id}`, 3)];
    row.form = png ? `png ${SIDE}` : `jpeg ${SIDE} q${quality}`;
    row.copy = null;
    row.url = urlOf(row, random);
  });
  return { name, rows };
}

/** Closed rows that show a clean image of its own class, open rows that show an open one of another class. */
function addConflicts(plan, plans, { place, random }) {
  const next = plans[(place + 3) % plans.length];
  const choose = (from, kind, count) =>
    random
      .shuffle(
        `conflicts/${plan.name}/${kind}`,
        from.rows.filter((row) => isPlainOriginal(row, kind)),
      )
      .slice(0, count);
  const copies = [
    ...choose(next, 'clean', CONFLICTS.closed).map((of) => ({ of, kind: 'closed', truth: of.class })),
    ...choose(next, 'open', CONFLICTS.open).map((of) => ({ of, kind: 'open', truth: null })),
  ];
  copies.forEach(({ of, kind, truth }, index) => {
    const form = COPY_FORMS[index % 2 === 0 ? 1 : 2];
    plan.rows.push(copyRow(of, { class: plan.name, kind, truth, how: form }, random));
  });
}

function addCopies(plan, random) {
  for (const [kind, count] of Object.entries(COPIES)) {
    const originals = plan.rows.filter((row) => isPlainOriginal(row, kind));
    const chosen = random.shuffle(`copies/${plan.name}/${kind}`, originals).slice(0, count);
    chosen.forEach((of, index) => {
      const how = COPY_FORMS[index % COPY_FORMS.length];
      plan.rows.push(copyRow(of, { class: plan.name, kind, truth: of.truth, how }, random));
    });
  }
}

const isPlainOriginal = (row, kind) => row.kind === kind && row.behaviour === 'plain' && row.copy === null;

function copyRow(of, { how, ...row }, random) {
  const copy = {
    ...row,
    picture: of.picture,
    id: idOf(`${row.class}/${of.id}/${how}`),
    behaviour: 'plain',
    form: of.form,
  };
  copy.copy = { of: of.id, how };
  if (how === 're-encoded') copy.form = `jpeg ${SIDE} q${60 + random.int(`quality/${copy.id}`, 3) * 10}`;
  if (how === 'resized') copy.form = `jpeg ${random.pick(`size/${copy.id}`, RESIZED)} q90`;
  copy.url = how === 'same-url' ? of.url : urlOf(copy, random);
  return copy;
}

/** Deals the rows out to the engines; the same URL never twice to one engine. */
function list(name, rows, random) {
  const engines = Object.entries(ENGINE_ROWS).flatMap(([engine, count]) => Array(count).fill(engine));
  const shuffled = random.shuffle(`ranks/${name}`, rows);
  const byId = new Map(rows.map((row) => [row.id, row]));
  shuffled.forEach((row, index) => (row.engine = engines[index]));
  for (const row of shuffled.filter(({ copy }) => copy?.how === 'same-url')) {
    const original = byId.get(row.copy.of);
    if (original.engine !== row.engine) continue;
    const other = shuffled.find(
      (candidate) =>
        candidate.engine !== row.engine && candidate.copy?.how !== 'same-url' && !isCopied(candidate, rows),
    );
    [row.engine, other.engine] = [other.engine, row.engine];
  }
  const order = Object.keys(ENGINE_ROWS);
  const sorted = [...shuffled].sort((a, b) => order.indexOf(a.engine) - order.indexOf(b.engine));
  return sorted.map((row, index) => finished(row, rowWords(row, index + 1, random)));
}

const isCopied = (candidate, rows) => rows.some((row) => row.copy?.of === candidate.id);

/** Keys in the order in which web.json shows them. */
function finished({ id, engine, class: className, kind, truth, picture: image, form, behaviour, copy, url }, words) {
  return { id, engine, class: className, kind, truth, picture: image, form, behaviour, copy, url, ...words };
}

const idOf = (text) => createHash('sha256').update(text).digest('hex').slice(0, 10);

function urlOf(row, random) {
  const folder = row.behaviour === 'robots' ? 'private' : 'photos';
  const host = row.behaviour === 'robots' ? 'cdn.demo.test' : random.pick(`host/${row.id}`, HOSTS);
  return `http://${host}/${folder}/${row.id}.${row.form.startsWith('png') ? 'png' : 'jpg'}`;
}
