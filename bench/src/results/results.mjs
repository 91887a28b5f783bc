/**
 * docs/results.md:
 *   npm run bench -- results measure GROUP ...   what is not measured yet, into docs/results/runs.jsonl
 *   npm run bench -- results render [--check]    the page, from there
 */
const STEPS = ['measure', 'render'];
const [step] = process.argv.splice(2, 1);
if (!STEPS.includes(step)) throw new Error(`results ${step ?? ''}: name a step, ${STEPS.join(' or ')}`);
await import(`./${step}.mjs`);
