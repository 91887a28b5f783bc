import type { Choice } from '../keys/chooser';
import { Chooser } from '../keys/chooser';
import { useProject } from '../server/project';
import type { Saying } from './decide-acts';
import { decisionBindings } from './decide-acts';

interface ClassChooserProps {
  /** Such as `Decide 3 images as`. */
  readonly title: string;
  readonly onSay: (saying: Saying, words: string) => void;
  readonly onClose: () => void;
}

/** Any class of the project by typing a part of its name, and what else a decision may say. */
export function ClassChooser({ title, onSay, onClose }: ClassChooserProps): React.JSX.Element {
  const { classes } = useProject();
  const ofClasses = classes.map((name, index): Choice => {
    const key = index < 9 ? { key: `${index + 1}` } : {};
    return { id: `class ${name}`, title: name, group: 'class', ...key, run: () => onSay(() => `class:${name}`, name) };
  });
  const acts = decisionBindings(classes, onSay).filter(({ id }) => !id.startsWith('decide.class-'));
  const others = acts.map(({ id, says, keys, run }): Choice => {
    return { id, title: says, group: 'decision', key: keys[0] ?? '', run: () => run(new KeyboardEvent('keydown')) };
  });
  return <Chooser title={title} placeholder={title} choices={[...ofClasses, ...others]} onClose={onClose} />;
}
