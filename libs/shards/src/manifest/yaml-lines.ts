import { Document, visit } from 'yaml';

/** What a YAML file can state here. */
export type YamlValue = string | number | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** A word that no YAML takes for something else. */
const PLAIN_KEY = /^(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z]\w*$/i;

/** JSON leaves these as they are, but YAML forbids them or takes them for the end of a line. */
const UNSAFE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Block YAML that every reader takes the same way: all texts are quoted, so that neither YAML 1.1 nor 1.2 makes a truth
 * value, number or markup of them. Keys stand in the order given; Node puts whole numbers first.
 */
export function yamlLines(value: YamlValue): string[] {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (role, node) => {
      if (typeof node.value !== 'string') return;
      node.type = role === 'key' && PLAIN_KEY.test(node.value) ? 'PLAIN' : 'QUOTE_DOUBLE';
      node.value = node.value.replace(/\p{Cs}/gu, '\ufffd');
    },
  });
  const text = document.toString({ doubleQuotedAsJSON: true, lineWidth: 0 });
  return text.trimEnd().replace(UNSAFE, escaped).split('\n');
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
